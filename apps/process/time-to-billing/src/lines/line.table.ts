import type { Fault } from '#apis';
import type { ExpenseEntry, LineState, TimeEntry } from '#canonical';
import { column, type ReadRow, table } from '#persistence';
import type { PricedLine } from '../facts/line-facts.js';

/** Approved lines of time and expenses, each with its newest version. Its columns are written here and nowhere else. */
export const billingLine = table(
  'billing.line',
  {
    id: column.text(),
    kind: column.text<'time' | 'expense'>(),
    /** Counts the changes that matter to billing. */
    version: column.integer(),
    /** Of what the newest version says; null when it was withdrawn. */
    contentHash: column.text().orNull(),
    /** The number, in the event log, of the notice that was taken last. */
    sequence: column.integer(),
    approved: column.boolean(),
    entry: column.json<TimeEntry | ExpenseEntry>(),
    assessment: column.text<'none' | 'priced' | 'blocked' | 'skipped'>(),
    priced: column.json<PricedLine>().orNull(),
    faults: column.json<Fault[]>().orNull(),
    overageMinutes: column.integer().orNull(),
    overageAmount: column.numeric().orNull(),
    exceptionId: column.text().orNull(),
    /** Who it is by HCM's word on the work date; null until that was asked, and while HCM knows nobody or several of the e-mail. */
    workerId: column.text().orNull(),
    /** Whether it ever needed a person: what went straight through did not. */
    stopped: column.boolean(),
    state: column.text<LineState>(),
    since: column.instant(),
    revision: column.integer(),
    /** Whether readers know its present state: states that it only passes through are not announced. */
    announced: column.boolean().called('told'),
    /** The price, or the estimate while there is none. */
    amount: column.numeric().orNull(),
    currency: column.char(3).orNull(),
    postedAt: column.instant().orNull(),
    approvedAt: column.instant().orNull(),
    legalEntities: column.texts(),
    correlationId: column.text(),
    // Of the entry, for the statements that look for lines.
    projectId: column.text(),
    email: column.text(),
    workDate: column.date(),
    minutes: column.integer().orNull(),
    timesheetId: column.text().orNull(),
    seq: column.bigint(),
    /** It is not checked before this: what it lacks may be on its way. */
    checkAfter: column.instant(),
  },
  ['id'],
);

/** What of a row is read into a line. */
export const keptLine = billingLine.without('announced', 'projectId', 'email', 'workDate', 'minutes', 'timesheetId', 'seq', 'checkAfter');
export type KeptLine = ReadRow<typeof keptLine.columns>;
