import type { Fault } from '#apis';
import type { ExpenseEntry, LineState, TimeEntry } from '#canonical';
import { column, type ReadRow, table } from '#persistence';
import type { PricedLine } from '../facts/line-facts.js';

/**
 * Approved lines of time and expenses, each with its newest version. Only this declaration lists
 * its columns.
 */
export const billingLine = table(
  'billing.line',
  {
    id: column.text(),
    kind: column.text<'time' | 'expense'>(),
    /** Counts the changes that matter to billing. */
    version: column.integer(),
    /** The hash of the newest version's content; null when it was withdrawn. */
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
    /**
     * The worker by HCM on the work date; null until HCM was asked, and while HCM knows nobody or
     * several with the e-mail address.
     */
    workerId: column.text().orNull(),
    /** Whether it ever needed a person; a straight-through line did not. */
    stopped: column.boolean(),
    state: column.text<LineState>(),
    since: column.instant(),
    revision: column.integer(),
    /** Whether its current state was announced; states that a line only passes through are not. */
    announced: column.boolean().called('told'),
    /** The price, or the estimate while there is none. */
    amount: column.numeric().orNull(),
    currency: column.char(3).orNull(),
    postedAt: column.instant().orNull(),
    approvedAt: column.instant().orNull(),
    legalEntities: column.texts(),
    correlationId: column.text(),
    // Copied from the entry, for the statements that search lines.
    projectId: column.text(),
    email: column.text(),
    workDate: column.date(),
    minutes: column.integer().orNull(),
    timesheetId: column.text().orNull(),
    seq: column.bigint(),
    /** It is not assessed before this: missing data may be about to arrive. */
    checkAfter: column.instant(),
  },
  ['id'],
);

/** The columns that are read into a line. */
export const keptLine = billingLine.without('announced', 'projectId', 'email', 'workDate', 'minutes', 'timesheetId', 'seq', 'checkAfter');
export type KeptLine = ReadRow<typeof keptLine.columns>;
