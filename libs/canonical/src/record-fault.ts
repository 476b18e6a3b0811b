import { isCurrency } from './currency.js';
import catalogue from './messages.en.js';
import { filled } from './messages.js';
import { Problem } from './problem.js';

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const NUMBER = /^-?0*\d{1,15}(\.\d+)?$/;

const isLeap = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
const daysOf = (year: number, month: number): number => (month === 2 ? (isLeap(year) ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31);

/**
 * Whether a calendar has this day: 2026-02-30 has the form of a date but does not exist. Years
 * count from 1, as in Postgres.
 */
export function dayExists(day: string): boolean {
  if (!DAY.test(day)) return false;
  const [year, month, date] = [Number(day.slice(0, 4)), Number(day.slice(5, 7)), Number(day.slice(8))];
  return year > 0 && month >= 1 && month <= 12 && date >= 1 && date <= daysOf(year, month);
}

const isText = (value: unknown): value is string => typeof value === 'string';

/** Amounts have up to 15 digits before the point, as `Decimal` takes them: less than this. */
export const LARGEST_AMOUNT = 1e15;

/** A number with no more digits before the point than are kept. */
const isKept = (value: unknown): value is number => Number.isFinite(value) && Math.abs(value as number) < LARGEST_AMOUNT;

/** The rules that a field of a vendor's record may have to obey. */
const RULES = {
  text: isText,
  id: (value: unknown) => (isText(value) && value !== '') || Number.isSafeInteger(value),
  number: isKept,
  'hours-of-day': (value: unknown) => Number.isFinite(value) && (value as number) >= 1 && (value as number) <= 24,
  positive: (value: unknown) => isKept(value) && value > 0,
  /** A number, written as one or in digits. */
  amount: (value: unknown) => isKept(value) || (isText(value) && NUMBER.test(value)),
  flag: (value: unknown) => typeof value === 'boolean',
  day: (value: unknown) => isText(value) && dayExists(value),
  instant: (value: unknown) => isText(value) && !Number.isNaN(Date.parse(value)),
  currency: (value: unknown) => isText(value) && isCurrency(value),
  list: (value: unknown) => Array.isArray(value),
};
export type Rule = keyof typeof RULES;

/** The rules of a record's fields; with `?`, of one that may be absent or null. */
export type Shape<T> = { readonly [field in keyof T & string]?: Rule | `${Rule}?` };

/**
 * A field of a vendor's record and the rule that it breaks; `known`: it refers to something that
 * does not exist; `shown`: it was requested and left out.
 */
export interface BrokenRule {
  field: string;
  rule: Rule | 'present' | 'known' | 'shown' | 'record';
}

/** The sentence about a field that breaks the rule. */
const BREAKS = {
  text: 'field.text',
  id: 'field.id',
  number: 'field.number',
  'hours-of-day': 'field.hours-of-day',
  positive: 'field.positive',
  amount: 'field.amount',
  flag: 'field.flag',
  day: 'field.day',
  instant: 'field.instant',
  currency: 'field.currency',
  list: 'field.list',
  present: 'field.present',
  known: 'field.known',
  shown: 'field.shown',
  record: 'field.record',
} as const satisfies Record<BrokenRule['rule'], keyof typeof catalogue>;

/**
 * A record in a vendor's answer lacks a needed field, or has it in another form. Among others it is
 * that record's own fault; when requested alone, the answer is unreadable. It names the fields and
 * rules, never the values, which may be pay.
 */
export class RecordFault extends Problem {
  constructor(
    /** The vendor product, where it is to be mended. */
    readonly system: string,
    readonly broken: BrokenRule[],
  ) {
    const fields = broken.map(({ field, rule }) => ({ field, rule, message: filled(catalogue[BREAKS[rule]], { field }) }));
    super('vendor-unavailable', `a record of ${system} can't be read: ${fields.map(({ message }) => message).join(' ')}`, {
      code: 'malformed-answer',
      fields,
    });
  }

  /** The same of a record that another one needs: `stories 12`. */
  within(what: string): RecordFault {
    return new RecordFault(
      this.system,
      this.broken.map(({ field, rule }) => ({ field: `${field} of ${what}`, rule })),
    );
  }
}

/** The rules that a record breaks. */
export function brokenRules<T>(record: Partial<Record<keyof T, unknown>>, shape: Shape<T>): BrokenRule[] {
  const broken: BrokenRule[] = [];
  for (const field of Object.keys(shape) as (keyof T & string)[]) {
    const wanted: string = shape[field]!;
    const mayLack = wanted.endsWith('?');
    const value = record[field];
    if (value === undefined || value === null) {
      if (!mayLack) broken.push({ field, rule: 'present' });
      continue;
    }
    const rule = (mayLack ? wanted.slice(0, -1) : wanted) as Rule;
    if (!RULES[rule](value)) broken.push({ field, rule });
  }
  return broken;
}

/** Throws a `RecordFault` that names every rule the record breaks. */
export function checkRecord<T>(system: string, record: Partial<Record<keyof T, unknown>>, shape: Shape<T>): void {
  const broken = brokenRules(record, shape);
  if (broken.length > 0) throw new RecordFault(system, broken);
}
