import { BusinessDate, Id, Milestone, Nested, OneOf, PROJECT_STATUSES, Text, type ProjectStatus } from '#canonical';
import { get, operations } from '../operation.js';
import { PageQuery } from '../page.js';

/** A project of the client. */
export class PartnerProject {
  @Id() id: string;
  @Text({ max: 200 }) title: string;
  @OneOf(PROJECT_STATUSES) status: ProjectStatus;
  @BusinessDate({ optional: true }) startDate?: string;
  @BusinessDate({ optional: true }) endDate?: string;
  @Nested(() => Milestone, { list: true, description: 'In their order.' }) milestones: Milestone[];
}

export class PartnerProjectQuery extends PageQuery {
  @OneOf(PROJECT_STATUSES, { optional: true }) status?: ProjectStatus;
}

export const projects = operations('projects', {
  listProjects: get('projects', {
    scope: 'partner.read',
    summary: "The client's projects with their milestones, the latest first",
    query: PartnerProjectQuery,
    pageOf: PartnerProject,
    conditional: true,
  }),
  getProject: get('projects/:id', {
    scope: 'partner.read',
    summary: "One of the client's projects with its milestones",
    answer: PartnerProject,
    conditional: true,
  }),
});
