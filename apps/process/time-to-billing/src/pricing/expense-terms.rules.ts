import { TERM_LEVELS, type ExpenseUnit, type TermLevel } from '#apis/time-to-billing';
import type { Money } from '#canonical';
import { inForce, type TermSubjects } from '../rates/rates.rules.js';

/**
 * How expenses are billed, from a day until the day before the next of the same level, subject and category starts.
 * `at-cost`: what was spent. `mark-up`: that and `percent` of it. `per-unit`: `unitRate` for each `unit`, whatever was spent.
 */
export interface ExpenseTerm {
  id: string;
  level: TermLevel;
  subject: string;
  /** In the PSA's words; null: any. */
  category: string | null;
  treatment: 'at-cost' | 'per-unit' | 'mark-up';
  /** Decimal, of the cost. */
  percent?: string | null;
  unit?: ExpenseUnit | null;
  unitRate?: Money | null;
  unitCost?: Money | null;
  /** Decimal, of `unitRate`: what the first and the last day of a trip are billed at; null: as the days between. */
  tripEndsPercent?: string | null;
  /** More than this is over policy. */
  maxAmount?: Money | null;
  /** Above this it needs a receipt; goes before the house's own limit. */
  receiptOver?: Money | null;
  from: string;
}

/** Without any term an expense is billed at cost: the customer pays what was spent and no more. */
const AT_COST = { id: '', level: 'legal-entity', subject: '', category: null, treatment: 'at-cost', from: '' } as const;

/** The term of a day: precedence as for rates, and within a level the one that names the category. */
export function findExpenseTerm(terms: ExpenseTerm[], category: string, date: string, subjects: TermSubjects): ExpenseTerm {
  const held = inForce(
    terms.filter(term => subjects[term.level].includes(term.subject) && (term.category === null || term.category === category)),
    date,
    scopeOf,
  );
  const rank = (term: ExpenseTerm) =>
    (TERM_LEVELS.indexOf(term.level) * 100 + subjects[term.level].indexOf(term.subject)) * 2 + (term.category === null ? 1 : 0);
  return held.sort((a, b) => rank(a) - rank(b))[0] ?? AT_COST;
}

/** What a term is stated for; the next of the same scope follows it. */
export const scopeOf = ({ level, subject, category }: ExpenseTerm): string => JSON.stringify([level, subject, category]);

/** Whether what a line is billed at hangs on the person's other expenses. */
export const hangsOnOthers = ({ treatment, unit }: ExpenseTerm): boolean => treatment === 'per-unit' && (unit === 'item' || unit === 'day');

/** Whether the contract itself says how expenses are billed, and not just the house or the customer in general. */
export const agreedInContract = ({ level }: ExpenseTerm): boolean => level === 'assignment' || level === 'contract' || level === 'project';
