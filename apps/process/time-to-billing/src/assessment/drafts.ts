import { DayToCheck, ExpenseOfDay, TimeOfDay } from '#apis/time-to-billing';
import { Problem, type ExpenseEntry, type TimeEntry } from '#canonical';
import { checkedItem } from '#service';

/** An entry that could be checked, or why it can't be. */
export type Draft =
  { id: string; kind: 'time'; entry: TimeEntry } | { id: string; kind: 'expense'; entry: ExpenseEntry } | { id: string; problem: Problem };

export interface DraftDay {
  time: Draft[];
  expenses: Draft[];
  /** What is wrong with the day itself. */
  problem?: Problem;
}

/** Nobody has approved what is being entered, and no back end has it. */
const NOT_APPROVED = { approval: 'none', refs: [] } as const;

type Day = Pick<DayToCheck, 'person' | 'date'>;

/** The entries of one day, each checked by itself. Those of a day that is wrong all have its problem. */
export async function draftsOf(value: unknown, path: string): Promise<DraftDay> {
  const { time, expenses } = listsOf(value);
  const day = await apart(checkedItem(DayToCheck, value, path));
  const drafts = (items: unknown[], list: string, draftOf: (item: unknown, day: Day, path: string) => Promise<Draft>): Promise<Draft[]> =>
    Promise.all(
      items.map(async (item, at) => {
        const draft = day instanceof Problem ? day : await apart(draftOf(item, day, `${path}.${list}[${at}]`));
        return draft instanceof Problem ? { id: idOf(item), problem: draft } : draft;
      }),
    );
  const checked = { time: await drafts(time, 'time', timeOf), expenses: await drafts(expenses, 'expenses', expenseOf) };
  return day instanceof Problem ? { ...checked, problem: day } : checked;
}

async function timeOf(item: unknown, { person, date }: Day, path: string): Promise<Draft> {
  const entry = await checkedItem(TimeOfDay, item, path);
  return { id: entry.id, kind: 'time', entry: { ...entry, person, workDate: date, ...NOT_APPROVED, refs: [] } };
}

async function expenseOf(item: unknown, { person, date }: Day, path: string): Promise<Draft> {
  const { tax, ...entry } = await checkedItem(ExpenseOfDay, item, path);
  if (tax && tax.amount.currency !== entry.amount.currency) throw otherCurrency(`${path}.tax.amount.currency`, entry.amount.currency);
  const told = tax ? { tax: { ...tax, amount: tax.amount.amount } } : {};
  return { id: entry.id, kind: 'expense', entry: { ...entry, ...told, person, expenseDate: date, ...NOT_APPROVED, refs: [] } };
}

function otherCurrency(field: string, currency: string): Problem {
  const message = `${field} must be ${currency}, the currency of what was spent`;
  return new Problem('invalid', `${message}.`, { fields: [{ field, rule: 'currency', message }], code: 'validation' });
}

/** What was checked, or the Problem that it has. */
const apart = <T>(checked: Promise<T>): Promise<T | Problem> =>
  checked.catch((error: unknown) => {
    if (error instanceof Problem) return error;
    throw error;
  });

const ID = /^[A-Za-z0-9_-]{1,80}$/;

function idOf(item: unknown): string {
  const { id } = (item ?? {}) as { id?: unknown };
  return typeof id === 'string' && ID.test(id) ? id : '';
}

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

/** The lists of a day that is not checked yet, which may be anything. */
export function listsOf(value: unknown): { time: unknown[]; expenses: unknown[] } {
  const { time, expenses } = (value ?? {}) as { time?: unknown; expenses?: unknown };
  return { time: listOf(time), expenses: listOf(expenses) };
}
