import { Context, Parent, ResolveField, Resolver } from '@nestjs/graphql';
import type { PortalContext } from '../../request/portal-context.js';
import { projectSource } from '../../projects/project.list.js';
import { Project, projectOf, type ProjectRow } from '../../projects/project.model.js';
import { Worker } from '../../workers/worker.model.js';
import { workerById } from './billing-lines.resolver.js';
import { ProjectMonth, WorkerWeek } from '../../billing/period.model.js';
import { Submission } from '../../billing/submission.model.js';

@Resolver(() => Submission)
export class SubmissionsResolver {
  @ResolveField(() => Worker, { nullable: true })
  worker(@Parent() { workerId }: Submission, @Context() context: PortalContext): Promise<Worker | null> {
    return workerById(context, workerId);
  }
}

@Resolver(() => WorkerWeek)
export class WorkerWeeksResolver {
  @ResolveField(() => Worker, { nullable: true, description: 'Null for viewers who see lines of the worker but not the worker.' })
  worker(@Parent() { workerId }: WorkerWeek, @Context() context: PortalContext): Promise<Worker | null> {
    return workerById(context, workerId);
  }
}

@Resolver(() => ProjectMonth)
export class ProjectMonthsResolver {
  @ResolveField(() => Project, { nullable: true })
  async project(@Parent() { projectId }: ProjectMonth, @Context() context: PortalContext): Promise<Project | null> {
    const row = await context.row<ProjectRow>(projectSource, projectId);
    return row && projectOf(row);
  }
}
