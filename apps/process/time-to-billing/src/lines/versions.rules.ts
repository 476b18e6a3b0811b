import { createHash } from 'node:crypto';
import { cleanJson, cutText, money, shortened, type ExpenseEntry, type TimeEntry } from '#canonical';
import { Exact } from '../rates/rates.rules.js';

const MEMO_LENGTH = 300;

/**
 * The note as the ERP takes it for the invoice's text: one line, no longer than a memo. Empty
 * without a note.
 */
export const memoOf = ({ note }: Pick<TimeEntry, 'note'>): string => shortened((note ?? '').replace(/\s+/g, ' ').trim(), MEMO_LENGTH);

/**
 * The parts of a line that change what is billed. The approval time, the timesheet and the PSA's
 * own rate don't. The note does, since customers read it on the invoice.
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

/** Equal content gives an equal hash, in whatever order its fields were written. */
export function contentHashOf(entry: TimeEntry | ExpenseEntry): string {
  const fields = Object.entries(billingContentOf(entry)).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(fields)).digest('hex').slice(0, 32);
}

/**
 * The hash, by today's recipe, of what a line was made from. What was kept may hold texts from
 * before texts were cleaned, and its hash may be of another recipe. A note that was cut off then
 * holds less of the text than the composed form does, and does not say that it was cut. So it
 * counts as equal to the current note when it equals the beginning of it.
 */
export function hashOfKept(kept: TimeEntry | ExpenseEntry, seen: TimeEntry | ExpenseEntry): string {
  const entry = cleanJson(kept);
  const begun = wasCut(kept.note) ? withoutLast(entry.note) : undefined;
  return contentHashOf(begun !== undefined && seen.note?.startsWith(begun) ? { ...entry, note: seen.note } : entry);
}

const NOTE_LENGTH = 1_000;
const wasCut = (note: string | undefined): boolean => note !== undefined && note.length >= NOTE_LENGTH;
/** The cut may have separated the last character from its combining marks. */
const withoutLast = (note: string | undefined): string | undefined => note && cutText(note, note.length - 1).trimEnd();

const isTimeEntry = (entry: TimeEntry | ExpenseEntry): entry is TimeEntry => 'workedMinutes' in entry;

/**
 * Whether the ERP should hold the line at all: approved, not deleted, and of some time or money.
 */
export function isWanted(entry: TimeEntry | ExpenseEntry, deleted: boolean): boolean {
  if (deleted || entry.approval !== 'approved') return false;
  return isTimeEntry(entry) ? entry.workedMinutes > 0 : !new Exact(entry.amount.amount).isZero();
}

/** What is known of a line's newest version. `hash` is null when that version is a withdrawal. */
export interface KnownVersion {
  version: number;
  hash: string | null;
  /** The line's number in the event log, of the notice that made the version. */
  sequence: number;
}

/** What the event log says about a line. */
export interface LineNotice {
  sequence: number;
  entry: TimeEntry | ExpenseEntry;
  deleted: boolean;
}

/**
 * The line's newest version after a notice; the known one itself when nothing changes. A change of
 * what is to be billed makes a version, so the same notice twice makes one, and a notice older than
 * the known one changes nothing. Versions only grow: content that is approved again after a
 * withdrawal is a new version, since the old one's external id is used up. A line that was never
 * wanted has no version.
 */
export function versionAfter(known: KnownVersion | null, { sequence, entry, deleted }: LineNotice): KnownVersion | null {
  const hash = isWanted(entry, deleted) ? contentHashOf(entry) : null;
  if (known === null) return hash === null ? null : { version: 1, hash, sequence };
  if (sequence <= known.sequence) return known;
  return hash === known.hash ? { ...known, sequence } : { version: known.version + 1, hash, sequence };
}
