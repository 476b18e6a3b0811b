import { billingLineSource } from '../billing/billing-line.list.js';
import { billingLineOf, type BillingLineRow } from '../billing/billing-line.model.js';
import { scopeOf, type BilledScope } from '../billing/billed.rules.js';
import { loadPeriod } from '../billing/periods.js';
import { submissionOf, submissionSource, type SubmissionRow } from '../billing/submission.model.js';
import { customerSource } from '../customers/customer.list.js';
import { customerOf, type CustomerRow } from '../customers/customer.model.js';
import { dealSource } from '../deals/deal.list.js';
import { dealOf, type DealRow } from '../deals/deal.model.js';
import type { PortalContext } from '../request/portal-context.js';
import { invoiceSource } from '../invoices/invoice.list.js';
import { invoiceOf, type InvoiceRow } from '../invoices/invoice.model.js';
import { projectSource } from '../projects/project.list.js';
import { projectOf, type ProjectRow } from '../projects/project.model.js';
import { staffingRequestSource } from '../staffing-requests/staffing-request.list.js';
import { staffingRequestOf, type StaffingRequestRow } from '../staffing-requests/staffing-request.model.js';
import { workerSource } from '../workers/worker.list.js';
import { workerOf, type WorkerRow } from '../workers/worker.model.js';
import { SubjectKind, type Subject } from '../values/subject.model.js';

type Load = (context: PortalContext, id: string) => Promise<Subject | null>;

const LOADS: Partial<Record<SubjectKind, Load>> = {
  [SubjectKind.DEAL]: async (context, id) => made(await context.row<DealRow>(dealSource, id), dealOf),
  [SubjectKind.PROJECT]: async (context, id) => made(await context.row<ProjectRow>(projectSource, id), projectOf),
  [SubjectKind.CUSTOMER]: async (context, id) => made(await context.row<CustomerRow>(customerSource, id), customerOf),
  [SubjectKind.WORKER]: async (context, id) => made(await context.row<WorkerRow>(workerSource, id), workerOf),
  [SubjectKind.STAFFING_REQUEST]: async (context, id) => made(await context.row<StaffingRequestRow>(staffingRequestSource, id), staffingRequestOf),
  [SubjectKind.INVOICE]: async (context, id) => made(await context.row<InvoiceRow>(invoiceSource, id), invoiceOf),
};

/**
 * Nouns that are not among the subjects, because there are too many of them or they are computed on
 * request. Their ids show what they are.
 */
const LOADS_OF_LINES: Partial<Record<BilledScope, Load>> = {
  line: async (context, id) => made(await context.row<BillingLineRow>(billingLineSource, id), billingLineOf),
  submission: async (context, id) => made(await context.row<SubmissionRow>(submissionSource, id), submissionOf),
  week: loadPeriod,
  month: loadPeriod,
};

const made = <R, T>(row: R | null, make: (row: R) => T): T | null => row && make(row);

/**
 * Any subject by canonical id; null when there is none for this viewer. One statement finds the
 * kinds, and one per kind reads the rows.
 */
export async function loadSubject(context: PortalContext, id: string): Promise<Subject | null> {
  const scope = scopeOf(id);
  const load = scope && LOADS_OF_LINES[scope];
  if (load) return load(context, id);
  const found = await context.row<{ kind: SubjectKind }>(KINDS, id);
  return found && LOADS[found.kind]!(context, id);
}

const KINDS = { name: 'subject kinds', from: 'portal.subject t', columns: 't.kind', id: 't.id' };
