import { Decimal } from 'decimal.js';
import { minorUnits, money, shortened, type ExpenseEntry, type TimeEntry } from '#canonical';
import type { ExpenseToWrite, LineToWrite, TimeToWrite } from '../../port/submissions.port.js';
import type { Body } from '../kantata.api.js';
import type { KantataNames } from '../kantata-names.js';
import { reference, submissionReference, type SubmissionModel } from '../kantata.references.js';
import { NOTE_LENGTH } from '../lines/lines.mapper.js';
import type { KantataCurrency } from './submissions.wire.js';

// Pure: lines of other people as Kantata takes them, and what of a line is ours to say.

/** The account's ids of a line's project, person and task. */
export interface LinePlace {
  workspaceId: string;
  userId: string;
  storyId: string | null;
}

type Said<W extends LineToWrite> = Omit<W, 'id'>;

const noteOf = (note: string | undefined): { note?: string } => (note ? { note: shortened(note, NOTE_LENGTH) } : {});
const commonOf = ({ projectId, taskId, personEmail, billable, note }: Said<LineToWrite>) => ({
  projectId,
  ...(taskId === undefined ? {} : { taskId }),
  personEmail: personEmail.toLowerCase(),
  billable,
  ...noteOf(note),
});

/** What a put says of time: equal for the line that it made. */
export const timeSaid = (time: Said<TimeToWrite>): Said<TimeToWrite> => ({
  ...commonOf(time),
  workDate: time.workDate,
  workedMinutes: time.workedMinutes,
});
export const expenseSaid = (expense: Said<ExpenseToWrite>): Said<ExpenseToWrite> => ({
  ...commonOf(expense),
  expenseDate: expense.expenseDate,
  category: expense.category,
  amount: money(expense.amount.amount, expense.amount.currency),
  reimbursable: expense.reimbursable,
});

export const saidByTime = (entry: TimeEntry): Said<TimeToWrite> => timeSaid({ ...entry, personEmail: entry.person.email });
export const saidByExpense = (entry: ExpenseEntry): Said<ExpenseToWrite> => expenseSaid({ ...entry, personEmail: entry.person.email });

const placed = ({ workspaceId, userId, storyId }: LinePlace): Body => ({
  workspace_id: Number(workspaceId),
  user_id: Number(userId),
  story_id: storyId === null ? null : Number(storyId),
});

export const timeBody = ({ workDate, workedMinutes, billable, note }: TimeToWrite, place: LinePlace): Body => ({
  ...placed(place),
  date_performed: workDate,
  time_in_minutes: workedMinutes,
  billable,
  notes: noteOf(note).note ?? null,
});

/** Kantata reads `is_billable` back, and converts what is in another currency than the project's. */
export function expenseBody(
  { expenseDate, category, amount, billable, reimbursable, note }: ExpenseToWrite,
  place: LinePlace,
  project: Pick<KantataCurrency, 'currency' | 'currency_base_unit'>,
  categoryId: string,
  { foreignAmounts }: Pick<KantataNames, 'foreignAmounts'>,
): Body {
  const own = amount.currency === project.currency;
  const units = foreignAmounts === 'units' ? 1 : 10 ** minorUnits(amount.currency);
  const spent = own
    ? { amount_in_cents: new Decimal(amount.amount).mul(project.currency_base_unit).toNumber(), foreign_exchange_amount: null }
    : { foreign_exchange_amount: { source_value: new Decimal(amount.amount).mul(units).toNumber(), source_currency: amount.currency } };
  return {
    ...placed(place),
    date: expenseDate,
    expense_category_id: Number(categoryId),
    category,
    ...spent,
    billable,
    reimbursable,
    notes: noteOf(note).note ?? null,
  };
}

export const ofOurs = (body: Body, model: 'time-entry' | 'expense', id: string): Body => ({ ...body, external_reference: reference(model, id) });

export const submissionBody = (
  { id, title }: { id: string; title: string },
  model: SubmissionModel,
  lines: { ids: string[]; workspaceId: string; userId: string },
): Body => ({
  line_item_ids: lines.ids.map(Number),
  title,
  workspace_id: Number(lines.workspaceId),
  user_id: Number(lines.userId),
  external_reference: submissionReference(model, id),
});
