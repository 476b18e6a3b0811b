import { TERM_LEVELS, type ExpenseUnit, type TermLevel } from '#apis/time-to-billing';
import type { Money } from '#canonical';
import { inForce, type TermSubjects } from '../rates/rates.rules.js';

/**
 * How expenses are billed, from its first day until the next term of the same level, subject and
 * category starts. `at-cost`: what was spent. `mark-up`: what was spent plus `percent` of it.
 * `per-unit`: `unitRate` for each `unit`, whatever was spent.
 */
export interface ExpenseTerm {
  id: string;
  level: TermLevel;
  subject: string;
  /** The PSA's name of the category; null: any. */
  category: string | null;
  treatment: 'at-cost' | 'per-unit' | 'mark-up';
  /** A decimal percentage of the cost. */
  percent?: string | null;
  unit?: ExpenseUnit | null;
  unitRate?: Money | null;
  unitCost?: Money | null;
  /**
   * A decimal percentage of `unitRate`: the price of the first and the last day of a trip; null:
   * the same as the days between.
   */
  tripEndsPercent?: string | null;
  /** An expense above this amount is over policy. */
  maxAmount?: Money | null;
  /** An expense above this amount needs a receipt; takes precedence over the firm's own limit. */
  receiptOver?: Money | null;
  from: string;
}

/** Without a term an expense is billed at cost: the customer pays what was spent and no more. */
const AT_COST = { id: '', level: 'legal-entity', subject: '', category: null, treatment: 'at-cost', from: '' } as const;

/**
 * The term of a day: the precedence is that of rates; within a level a term that names the category
 * comes first.
 */
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

/** What a term is stated for; the next term of the same scope replaces it. */
export const scopeOf = ({ level, subject, category }: ExpenseTerm): string => JSON.stringify([level, subject, category]);

/** Whether a line's price depends on the person's other expenses. */
export const hangsOnOthers = ({ treatment, unit }: ExpenseTerm): boolean => treatment === 'per-unit' && (unit === 'item' || unit === 'day');

/**
 * Whether the contract itself says how expenses are billed, rather than the firm or the customer in
 * general.
 */
export const agreedInContract = ({ level }: ExpenseTerm): boolean => level === 'assignment' || level === 'contract' || level === 'project';
