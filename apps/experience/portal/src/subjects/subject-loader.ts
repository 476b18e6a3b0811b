import { customerSource } from '../customers/customer.list.js';
import { customerOf, type CustomerRow } from '../customers/customer.model.js';
import { dealSource } from '../deals/deal.list.js';
import { dealOf, type DealRow } from '../deals/deal.model.js';
import type { PortalContext } from '../graphql/portal-context.js';
import { projectSource } from '../projects/project.list.js';
import { projectOf, type ProjectRow } from '../projects/project.model.js';
import { staffingRequestSource } from '../staffing-requests/staffing-request.list.js';
import { staffingRequestOf, type StaffingRequestRow } from '../staffing-requests/staffing-request.model.js';
import { workerSource } from '../workers/worker.list.js';
import { workerOf, type WorkerRow } from '../workers/worker.model.js';
import { SubjectKind, type Subject } from './subject.model.js';

type Load = (context: PortalContext, id: string) => Promise<Subject | null>;

const LOADS: Record<SubjectKind, Load> = {
  [SubjectKind.DEAL]: async (context, id) => made(await context.row<DealRow>(dealSource, id), dealOf),
  [SubjectKind.PROJECT]: async (context, id) => made(await context.row<ProjectRow>(projectSource, id), projectOf),
  [SubjectKind.CUSTOMER]: async (context, id) => made(await context.row<CustomerRow>(customerSource, id), customerOf),
  [SubjectKind.WORKER]: async (context, id) => made(await context.row<WorkerRow>(workerSource, id), workerOf),
  [SubjectKind.STAFFING_REQUEST]: async (context, id) => made(await context.row<StaffingRequestRow>(staffingRequestSource, id), staffingRequestOf),
};

const made = <R, T>(row: R | null, make: (row: R) => T): T | null => row && make(row);

/** Any subject by canonical id, null when there is none for this viewer: one statement finds the kinds, one per kind the rows. */
export async function loadSubject(context: PortalContext, id: string): Promise<Subject | null> {
  const found = await context.row<{ kind: SubjectKind }>(KINDS, id);
  return found && LOADS[found.kind](context, id);
}

const KINDS = { name: 'subject kinds', from: 'portal.subject t', columns: 't.kind', id: 't.id' };
