import type { Desk, ExternalRef, IntercompanyFacts, LineState, Money, StoredReason } from '#canonical';
import { column, table } from '#persistence';

/** A state that the line came into, as the line's history stores it. */
export interface HistoryState {
  revision: number;
  version: number;
  state: string;
  since: string;
  money: Money | null;
}

const amount = () => column.numeric(21, 6).orNull();
const currency = () => column.char(3).orNull();

/**
 * Approved lines of time and expenses, on their way to the bank. Its columns are written here and
 * nowhere else.
 */
export const billingLine = table(
  'portal.billing_line',
  {
    id: column.text(),
    revision: column.bigint(),
    version: column.integer(),
    kind: column.text<'time' | 'expense'>(),
    state: column.text<LineState>(),
    since: column.instant(),
    projectId: column.text(),
    submissionId: column.text().orNull(),
    workerId: column.text().orNull(),
    workerName: column.text(),
    workerFolded: column.text(),
    workDate: column.date(),
    minutes: column.integer().orNull(),
    amount: amount(),
    currency: currency(),
    overageMinutes: column.integer().orNull(),
    overageAmount: amount(),
    overageCurrency: currency(),
    postingDate: column.date().orNull(),
    invoiceId: column.text().orNull(),
    invoiceNumber: column.text().orNull(),
    exceptionId: column.text().orNull(),
    desk: column.text<Desk>().orNull(),
    reasons: column.json<StoredReason[]>().orNull(),
    explanation: column.json<StoredReason[]>(),
    // Costs are stored separately, under their own right; so is the lender's sale when it equals
    // the worker's cost.
    intercompany: column
      .json<Pick<IntercompanyFacts, 'owningEntity' | 'lendingEntity' | 'owningUnbilledSale'> & Partial<Pick<IntercompanyFacts, 'lendingSale'>>>()
      .orNull(),
    billable: column.boolean(),
    estimated: column.boolean(),
    refs: column.json<ExternalRef[]>(),
    approvedAt: column.instant().orNull(),
    postedAt: column.instant().orNull(),
    history: column.json<HistoryState[]>(),
    legalEntities: column.texts(),
  },
  ['id'],
);
