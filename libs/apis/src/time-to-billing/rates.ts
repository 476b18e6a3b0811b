import { BusinessDate, Currency, Decimal, Flag, Money, Nested, OneOf, Text, Whole } from '#canonical';
import { del, get, operations, put } from '../operation.js';
import { PageQuery } from '../page.js';

/**
 * Most specific first: what was agreed for this assignment takes precedence over the contract, and
 * so on down to the firm's default.
 */
export const TERM_LEVELS = ['assignment', 'contract', 'project', 'customer', 'legal-entity'] as const;
export type TermLevel = (typeof TERM_LEVELS)[number];

/**
 * The unit of an expense term: what the firm pays `unitCost` for (a mile, a page); a line; or a day
 * of one person on one project, however many lines it has.
 */
export const EXPENSE_UNITS = ['cost', 'item', 'day'] as const;
export type ExpenseUnit = (typeof EXPENSE_UNITS)[number];

/** A rate that finance states, beside those that come from deals and rate cards. */
export class StatedRate {
  @OneOf(TERM_LEVELS, { description: 'Most particular first; a more particular one goes before the others.' }) level: TermLevel;
  @Text({ min: 1, max: 80, description: 'Id of the assignment, contract (its project), project or customer, or code of the legal entity.' })
  subject: string;
  @Text({ optional: true, min: 1, max: 80, description: 'Canonical role code; absent: any.' }) role?: string;
  @Text({ optional: true, min: 1, max: 40, description: 'Legal entity that employs the worker; absent: any.' }) resourcingEntity?: string;
  @Flag({ optional: true, description: 'True: only overtime; false: never overtime; absent: both.' }) overtime?: boolean;
  @OneOf(['hour', 'day']) unit: 'hour' | 'day';
  @Whole({ optional: true, min: 1, max: 1440, description: "Of a rate by the day: how long the day is by its contract or card; absent: the firm's." })
  minutesPerDay?: number;
  @Decimal() amount: string;
  @Currency() currency: string;
  @BusinessDate({
    description:
      'First day. Of one scope (level, subject, role, entity, overtime) the newest rate holds that has started and not ended: one without a last day goes on after one with dates inside it.',
  })
  from: string;
  @BusinessDate({ optional: true, description: 'Last day; absent: no end. When all of an agreement have ended, the policy says what holds.' })
  to?: string;
}

export class RateStatementBody extends StatedRate {
  @Text({ optional: true, min: 3, max: 500, description: 'Why; kept in the audit.' }) why?: string;
}

export class TermPath {
  @Text({ min: 1, max: 100 }) id: string;
}

export class RateRemoval {
  @Text({ optional: true, min: 3, max: 500, description: 'Why; kept in the audit.' }) why?: string;
}

export class RateView extends StatedRate {
  @Text({ max: 200 }) id: string;
  @Text({ max: 200, description: 'stated, or the deal or card it came with.' }) origin: string;
  @Text({
    list: true,
    max: 300,
    description: 'For what it would be refused if it were stated now; of others of its scope and day one is named. It is kept as it is.',
  })
  faults: string[];
}

export class RateQuery extends PageQuery {
  @Text({ optional: true, max: 80 }) subject?: string;
  @Flag({
    optional: true,
    description: 'Only those that would be refused if they were stated now. A page may be shorter than asked for, or empty, with more to come.',
  })
  faulty?: boolean;
}

/** How expenses are billed, from a day on. */
export class StatedExpenseTerm {
  @OneOf(TERM_LEVELS) level: TermLevel;
  @Text({ min: 1, max: 80 }) subject: string;
  @Text({ optional: true, min: 1, max: 120, description: "In the PSA's words; absent: any." }) category?: string;
  @OneOf(['at-cost', 'per-unit', 'mark-up']) treatment: 'at-cost' | 'per-unit' | 'mark-up';
  @Decimal({ optional: true, description: 'Percent of the cost, of a mark-up.' }) percent?: string;
  @OneOf(EXPENSE_UNITS, {
    optional: true,
    description:
      'What is billed per unit is billed for. cost: what is spent by what one unit costs. item: a line; a negative one takes one back. ' +
      'day: once per person, project and day, on the first line.',
  })
  unit?: ExpenseUnit;
  @Nested(() => Money, { optional: true, description: 'Billed for each unit.' }) unitRate?: Money;
  @Nested(() => Money, { optional: true, description: 'What the firm pays for each unit, where the unit is a cost.' }) unitCost?: Money;
  @Decimal({ optional: true, description: 'Percent of unitRate on the first and the last day of a trip, where the unit is a day.' })
  tripEndsPercent?: string;
  @Nested(() => Money, { optional: true, description: 'More is over policy.' }) maxAmount?: Money;
  @Nested(() => Money, { optional: true, description: 'Above this a receipt is needed.' }) receiptOver?: Money;
  @BusinessDate() from: string;
}

export class ExpenseTermView extends StatedExpenseTerm {
  @Text({ max: 100 }) id: string;
  @Text({
    list: true,
    max: 300,
    description:
      'For what it would be refused if it were stated now. It is kept as it is; where what it is billed by is wrong, nothing is billed by it.',
  })
  faults: string[];
}

export class ExpenseTermBody extends StatedExpenseTerm {
  @Text({ optional: true, min: 3, max: 500, description: 'Why; kept in the audit.' }) why?: string;
}

export const rates = operations('rates', {
  ratesList: get('rates', {
    scope: 'time-to-billing.read',
    summary: 'Rates that lines are priced by: stated ones, those of won deals and of rate cards',
    query: RateQuery,
    pageOf: RateView,
  }),
  ratesPut: put('rates/:id', {
    scope: 'time-to-billing.run',
    summary: 'State a rate; lines that waited for one try again',
    params: TermPath,
    body: RateStatementBody,
    answer: RateView,
  }),
  ratesRemove: del('rates/:id', {
    scope: 'time-to-billing.run',
    summary: 'Take back a stated rate; lines that were priced by it are corrected',
    params: TermPath,
    query: RateRemoval,
  }),
  ratesPutTerm: put('expense-terms/:id', {
    scope: 'time-to-billing.run',
    summary: 'State how expenses are billed; lines that waited for it try again',
    params: TermPath,
    body: ExpenseTermBody,
    answer: StatedExpenseTerm,
  }),
  ratesListTerms: get('expense-terms', {
    scope: 'time-to-billing.read',
    summary: 'How expenses are billed, with what is wrong with terms that today could not be stated',
    query: RateQuery,
    pageOf: ExpenseTermView,
  }),
  ratesRemoveTerm: del('expense-terms/:id', {
    scope: 'time-to-billing.run',
    summary: 'Take back an expense term; lines that were priced by it are corrected',
    params: TermPath,
    query: RateRemoval,
  }),
});
