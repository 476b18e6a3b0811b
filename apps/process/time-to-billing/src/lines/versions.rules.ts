import { createHash } from 'node:crypto';
import { cleanJson, cutText, money, shortened, type ExpenseEntry, type TimeEntry } from '#canonical';
import { Exact } from '../rates/rates.rules.js';

const MEMO_LENGTH = 300;

/** The note as the ERP takes it for the invoice's text: on one line, no longer than a memo. Empty when there is none. */
export const memoOf = ({ note }: Pick<TimeEntry, 'note'>): string => shortened((note ?? '').replace(/\s+/g, ' ').trim(), MEMO_LENGTH);

/**
 * What of a line changes what is billed, and nothing else: when it was approved, on which timesheet it came and the PSA's own rate don't. The
 * note does, since customers read it on the invoice.
 */
export function billingContentOf(entry: TimeEntry | ExpenseEntry): Record<string, string | number | boolean | null> {
  const common = {
    projectId: entry.projectId,
    taskId: entry.taskId ?? null,
    person: entry.person.email.toLowerCase(),
    billable: entry.billable,
    memo: memoOf(entry),
  };
  if (isTimeEntry(entry)) {
    return { kind: 'time', ...common, date: entry.workDate, minutes: entry.workedMinutes, role: entry.role ?? null, overtime: entry.overtime };
  }
  const { amount, currency } = money(entry.amount.amount, entry.amount.currency);
  const content = { kind: 'expense', ...common, date: entry.expenseDate, amount, currency, category: entry.category, receipt: entry.receiptAttached };
  return entry.tax ? { ...content, tax: new Exact(entry.tax.amount).toFixed(), recoverable: entry.tax.recoverable ?? null } : content;
}

/** Equal content, equal hash, in whatever order its fields were written. */
export function contentHashOf(entry: TimeEntry | ExpenseEntry): string {
  const fields = Object.entries(billingContentOf(entry)).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(fields)).digest('hex').slice(0, 32);
}

/**
 * The hash, by today's recipe, of what a line was made from: what was kept may hold texts as they came before texts were cleaned, and its hash
 * be of another recipe. A note that was cut then held less of the text than it does composed, and no mark of that: as far as it went, it is
 * what is seen now.
 */
export function hashOfKept(kept: TimeEntry | ExpenseEntry, seen: TimeEntry | ExpenseEntry): string {
  const entry = cleanJson(kept);
  const begun = wasCut(kept.note) ? withoutLast(entry.note) : undefined;
  return contentHashOf(begun !== undefined && seen.note?.startsWith(begun) ? { ...entry, note: seen.note } : entry);
}

const NOTE_LENGTH = 1_000;
const wasCut = (note: string | undefined): boolean => note !== undefined && note.length >= NOTE_LENGTH;
/** The last character may have been parted from its marks. */
const withoutLast = (note: string | undefined): string | undefined => note && cutText(note, note.length - 1).trimEnd();

const isTimeEntry = (entry: TimeEntry | ExpenseEntry): entry is TimeEntry => 'workedMinutes' in entry;

/** Whether the ERP is to hold the line at all: approved, there, and of some time or money. */
export function isWanted(entry: TimeEntry | ExpenseEntry, deleted: boolean): boolean {
  if (deleted || entry.approval !== 'approved') return false;
  return isTimeEntry(entry) ? entry.workedMinutes > 0 : !new Exact(entry.amount.amount).isZero();
}

/** What is known of a line's newest version. `hash` is null when that version is a withdrawal. */
export interface KnownVersion {
  version: number;
  hash: string | null;
  /** Of the notice that it came from: the line's number in the event log. */
  sequence: number;
}

/** A notice of a line as the log tells it. */
export interface LineNotice {
  sequence: number;
  entry: TimeEntry | ExpenseEntry;
  deleted: boolean;
}

/**
 * The line's newest version after a notice; the known one itself when nothing changes. A version is made when what is to be billed changes, so that
 * the same notice twice makes one; an older notice than the known one changes nothing. Versions only grow: what is approved again with the same
 * content after a withdrawal is a new version, since the external id of the old one is used up. A line that was never wanted has no version.
 */
export function versionAfter(known: KnownVersion | null, { sequence, entry, deleted }: LineNotice): KnownVersion | null {
  const hash = isWanted(entry, deleted) ? contentHashOf(entry) : null;
  if (known === null) return hash === null ? null : { version: 1, hash, sequence };
  if (sequence <= known.sequence) return known;
  return hash === known.hash ? { ...known, sequence } : { version: known.version + 1, hash, sequence };
}
