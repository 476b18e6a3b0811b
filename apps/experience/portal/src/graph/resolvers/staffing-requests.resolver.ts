import { Args, Context, ID, Int, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { Scopes } from '#auth';
import type { Listing, ListInput } from '#read-model';
import type { PortalContext } from '../../request/portal-context.js';
import { projectSource } from '../../projects/project.list.js';
import { Project, projectOf, type ProjectRow } from '../../projects/project.model.js';
import { workerSource } from '../../workers/worker.list.js';
import { Worker, workerOf, type WorkerRow } from '../../workers/worker.model.js';
import { candidates, staffingRequests, staffingRequestSource } from '../../staffing-requests/staffing-request.list.js';
import {
  Candidate,
  Eligibility,
  StaffingRequest,
  staffingRequestOf,
  type CandidateFilter,
  type CandidateRow,
  type StaffingRequestFilter,
  type StaffingRequestRow,
} from '../../staffing-requests/staffing-request.model.js';

@Resolver(() => StaffingRequest)
export class StaffingRequestsResolver {
  @Query(() => staffingRequests.Connection, { description: 'Sold roles that need somebody.' })
  @Scopes('portal.read')
  staffingRequests(
    @Args({ type: () => staffingRequests.Args }) input: ListInput<StaffingRequestFilter>,
    @Context() context: PortalContext,
  ): Listing<StaffingRequestRow, StaffingRequestFilter> {
    return staffingRequests.of(context, input);
  }

  @Query(() => StaffingRequest, { nullable: true, description: 'One staffing request by canonical id; null when there is none for this viewer.' })
  @Scopes('portal.read')
  async staffingRequest(@Args('id', { type: () => ID }) id: string, @Context() context: PortalContext): Promise<StaffingRequest | null> {
    const row = await context.row<StaffingRequestRow>(staffingRequestSource, id);
    return row && staffingRequestOf(row);
  }

  @ResolveField(() => Project, { nullable: true })
  async project(@Parent() { projectId }: StaffingRequest, @Context() context: PortalContext): Promise<Project | null> {
    const row = projectId === null ? null : await context.row<ProjectRow>(projectSource, projectId);
    return row && projectOf(row);
  }

  @ResolveField(() => Eligibility, { description: 'Who could take it, and who could not and why.' })
  eligibility(@Parent() { id, answeredAt }: StaffingRequest): Eligibility {
    return { requestId: id, answeredAt };
  }
}

@Resolver(() => Eligibility)
export class EligibilityResolver {
  @ResolveField(() => Int, { description: 'How many could take it.' })
  async eligible(@Parent() { requestId }: Eligibility, @Context() context: PortalContext): Promise<number> {
    return (await counted(context, requestId)).eligible;
  }

  @ResolveField(() => Int, { description: 'How many could not.' })
  async ineligible(@Parent() { requestId }: Eligibility, @Context() context: PortalContext): Promise<number> {
    return (await counted(context, requestId)).ineligible;
  }

  @ResolveField(() => candidates.Connection, { description: 'The eligible first.' })
  candidates(
    @Parent() { requestId }: Eligibility,
    @Args({ type: () => candidates.Args }) input: ListInput<CandidateFilter>,
    @Context() context: PortalContext,
  ): Listing<CandidateRow, CandidateFilter> {
    return candidates.of(context, input, 'request', requestId);
  }
}

@Resolver(() => Candidate)
export class CandidatesResolver {
  @ResolveField(() => Worker, { nullable: true })
  async worker(@Parent() { workerId }: Candidate, @Context() context: PortalContext): Promise<Worker | null> {
    const row = await context.row<WorkerRow>(workerSource, workerId);
    return row && workerOf(row);
  }
}

interface CandidateCount {
  eligible: number;
  ineligible: number;
}

const counted = (context: PortalContext, requestId: string): Promise<CandidateCount> =>
  context
    .loader<CandidateCount>('eligibility counts', async ids => {
      const rows = await context.reader.query<{ request_id: string } & CandidateCount>(
        `select request_id, count(*) filter (where eligible)::int eligible, count(*) filter (where not eligible)::int ineligible
         from portal.candidate where request_id = any($1::text[]) group by 1`,
        [ids],
      );
      return ids.map(id => rows.find(row => row.request_id === id) ?? { eligible: 0, ineligible: 0 });
    })
    .load(requestId);
