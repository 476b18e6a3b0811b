import { Controller, Param, Query } from '@nestjs/common';
import type { Page } from '#apis';
import { type PartnerProject, PartnerProjectQuery, projects } from '#apis/partner';
import { CurrentPrincipal, type Principal } from '#auth';
import { Implements } from '#service';
import { PartnerLists, refuseOthers } from '../partner-lists.js';
import { projectList } from './project.list.js';

/** A client's projects. */
@Controller({ version: '1' })
export class ProjectsController {
  constructor(private readonly lists: PartnerLists) {}

  @Implements(projects.listProjects)
  list(@Query() { status, ...page }: PartnerProjectQuery, @CurrentPrincipal() principal: Principal): Promise<Page<PartnerProject>> {
    refuseOthers(principal, 'client');
    return this.lists.page(principal, projectList, page, { status });
  }

  @Implements(projects.getProject)
  get(@Param('id') id: string, @CurrentPrincipal() principal: Principal): Promise<PartnerProject> {
    refuseOthers(principal, 'client');
    return this.lists.one(principal, projectList, 'project', id);
  }
}
