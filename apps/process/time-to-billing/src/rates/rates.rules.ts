import { Decimal } from 'decimal.js';
import { TERM_LEVELS, type TermLevel } from '#apis/time-to-billing';
import { money, type ExchangeRate } from '#canonical';
import { dayBefore } from '../periods/calendar.rules.js';
import { exchangeRateOn } from './exchange-rates.rules.js';

/**
 * What a rate that applies to a line may be agreed for, per level, most specific first. The
 * contract is the project's own terms (subject: the project's id), then the rate card that it names
 * (subject: the card's code). The other levels have the assignments' ids, the project's id, the
 * customer's id and the code of the owning legal entity.
 */
export type TermSubjects = Record<TermLevel, string[]>;

/** What a customer pays for an hour or a day, from a day on. `null` in a scope means any. */
export interface RateRow {
  id: string;
  level: TermLevel;
  /** Id or code of what the rate was agreed for; see `TermSubjects`. */
  subject: string;
  /** Canonical role code. */
  role: string | null;
  /** Canonical code of the legal entity that employs the worker. */
  resourcingEntity: string | null;
  /** `true`: overtime only; `false`: never overtime. */
  overtime: boolean | null;
  unit: 'hour' | 'day';
  /**
   * The length of a day in a contract or card with a day rate that states it; else the policy's.
   */
  minutesPerDay?: number;
  amount: string;
  currency: string;
  /** From this day on; see `findRate`. */
  from: string;
  /** The last day; null: no end. */
  to: string | null;
}

export interface RateQuestion {
  workDate: string;
  role: string;
  resourcingEntity: string;
  overtime: boolean;
  /** The contract's currency, which the rate is wanted in. */
  currency: string;
  /** The firm's day. */
  minutesPerDay: number;
  /** Whether a rate in another currency is rounded when it is converted, or only the line. */
  foreignRate: 'hour' | 'line';
  subjects: TermSubjects;
  exchangeRates: ExchangeRate[];
}

/** A row that also holds on the day, and why another one took precedence. */
export interface PassedOver {
  row: RateRow;
  because: 'level' | 'scope';
}

export interface FoundRate {
  row: RateRow;
  /**
   * The last day, as far as is known, on which this row applies: its end, or the day before the
   * next of its scope starts.
   */
  until: string | null;
  /**
   * In the contract's currency, per hour or day like the row, exact; null when the day has no
   * exchange rate.
   */
  rate: string | null;
  /** The length of the day, for a day rate. */
  minutesPerDay: number;
  /** The exchange rate that was used; null when the row is in the contract's currency. */
  exchange: ExchangeRate | null;
  passedOver: PassedOver[];
  /** The last rows of more specific agreements whose rows have all ended. */
  ended: RateRow[];
}

// More digits than any product of an amount, an exchange rate and minutes has, so that nothing is
// rounded before the end.
export const Exact = Decimal.clone({ precision: 80, rounding: Decimal.ROUND_HALF_UP });

/**
 * Finds the rate of a working day. In each scope (level, subject, role, resourcing entity,
 * overtime) the newest row holds that has started and not ended: a row without an end goes on after
 * a dated one inside it. Among the rows that hold for the line, the first wins in this order: by
 * level; by subject as in `TermSubjects`; one that names the role; one that names the resourcing
 * entity; one that mentions overtime. A row that names another role, entity or kind of time does
 * not apply. `undefined` when no row holds.
 */
export function findRate(rows: RateRow[], question: RateQuestion): FoundRate | undefined {
  const applicable = rows.filter(row => applies(row, question));
  const [best, ...others] = inForce(applicable, question.workDate, scopeOf).sort(byRank(question));
  if (!best) return undefined;
  return {
    ...rateIn(best, question),
    row: best,
    until: lastDayOf(best, applicable, question.workDate),
    passedOver: others.map(row => ({ row, because: sameAgreement(row, best) ? 'scope' : 'level' })),
    ended: endedBefore(best, applicable, question),
  };
}

/** A row's rate in a currency on a day, and the length of its day. */
export function rateIn(row: RateRow, question: Pick<RateQuestion, 'currency' | 'workDate' | 'exchangeRates' | 'foreignRate' | 'minutesPerDay'>) {
  const { currency, workDate, exchangeRates, foreignRate } = question;
  const minutesPerDay = row.minutesPerDay ?? question.minutesPerDay;
  if (row.currency === currency) return { rate: row.amount, minutesPerDay, exchange: null };
  const exchange = exchangeRateOn(exchangeRates, row.currency, currency, workDate);
  if (!exchange) return { rate: null, minutesPerDay, exchange: null };
  const exact = new Exact(row.amount).times(exchange.rate);
  return { rate: foreignRate === 'hour' ? money(exact, currency).amount : exact.toFixed(), minutesPerDay, exchange };
}

/** Where no agreement holds for a line any more: the last row of each, most specific first. */
export const endedRates = (rows: RateRow[], question: RateQuestion): RateRow[] =>
  endedBefore(
    undefined,
    rows.filter(row => applies(row, question)),
    question,
  );

/**
 * For each agreement (level and subject) more specific than the one that holds, the row that ended
 * last.
 */
function endedBefore(holding: RateRow | undefined, applicable: RateRow[], question: RateQuestion): RateRow[] {
  const rank = agreementRank(question);
  const ended = applicable.filter(row => hasEnded(row, question.workDate) && (!holding || compareRanks(rank(row), rank(holding)) < 0));
  const last = new Map<string, RateRow>();
  for (const row of ended) {
    const key = `${row.level}\n${row.subject}`;
    const known = last.get(key);
    if (!known || isAfter([row.to!, row.from, row.id], [known.to!, known.from, known.id])) last.set(key, row);
  }
  return [...last.values()].sort(byRank(question));
}

const hasEnded = ({ from, to }: RateRow, date: string): boolean => to !== null && from <= to && to < date;

const sameAgreement = (a: RateRow, b: RateRow): boolean => a.level === b.level && a.subject === b.subject;

/**
 * The newest row of each scope that has started and not ended by the day: at most one per scope.
 */
export function inForce<T extends Dated>(rows: T[], date: string, scope: (row: T) => string): T[] {
  const newest = new Map<string, T>();
  for (const row of rows) {
    if (row.from > date || (row.to && row.to < date)) continue;
    const key = scope(row);
    const known = newest.get(key);
    // Two rows of one day are refused where they are stated. Should there be two, the answer must
    // not depend on their order.
    if (!known || row.from > known.from || (row.from === known.from && row.id > known.id)) newest.set(key, row);
  }
  return [...newest.values()];
}

interface Dated {
  id: string;
  from: string;
  to?: string | null;
}

/** What a rate is for; in each scope one row holds at a time. */
export type RateScope = Pick<RateRow, 'level' | 'subject' | 'role' | 'resourcingEntity' | 'overtime'>;

export const scopeOf = ({ level, subject, role, resourcingEntity, overtime }: RateScope): string =>
  `${level}\n${subject}\n${role ?? ''}\n${resourcingEntity ?? ''}\n${overtime ?? ''}`;

function lastDayOf(row: RateRow, rows: RateRow[], date: string): string | null {
  const scope = scopeOf(row);
  const next = rows
    .filter(other => other.from > date && (other.to === null || other.to >= other.from) && scopeOf(other) === scope)
    .map(({ from }) => dayBefore(from));
  return [...next, ...(row.to ? [row.to] : [])].sort()[0] ?? null;
}

const applies = (row: RateRow, { subjects, role, resourcingEntity, overtime }: RateQuestion): boolean =>
  subjects[row.level].includes(row.subject) &&
  (row.role === null || row.role === role) &&
  (row.resourcingEntity === null || row.resourcingEntity === resourcingEntity) &&
  (row.overtime === null || row.overtime === overtime);

const agreementRank =
  ({ subjects }: RateQuestion) =>
  ({ level, subject }: RateRow): number[] => [TERM_LEVELS.indexOf(level), subjects[level].indexOf(subject)];

function byRank(question: RateQuestion): (a: RateRow, b: RateRow) => number {
  const agreement = agreementRank(question);
  const rank = (row: RateRow) => [...agreement(row), ...[row.role, row.resourcingEntity, row.overtime].map(part => (part === null ? 1 : 0))];
  return (a, b) => compareRanks(rank(a), rank(b));
}

function compareRanks(a: number[], b: number[]): number {
  const at = a.findIndex((part, index) => part !== b[index]);
  return at === -1 ? 0 : a[at] - b[at];
}

/**
 * The last known rate for a role, only for estimates. Of the rows that name the role (else of those
 * for any role) it takes the one for the resourcing entity, else the one that started last.
 */
export function lastKnownRate(rows: RateRow[], role: string, resourcingEntity: string | undefined): RateRow | undefined {
  const rank = (row: RateRow): [number, number, string, string] => [
    row.role === role ? 1 : 0,
    row.resourcingEntity !== null && row.resourcingEntity === resourcingEntity ? 1 : 0,
    row.from,
    row.id,
  ];
  return rows
    .filter(row => row.role === null || row.role === role)
    .reduce<RateRow | undefined>((best, row) => (best === undefined || isAfter(rank(row), rank(best)) ? row : best), undefined);
}

function isAfter(a: (number | string)[], b: (number | string)[]): boolean {
  const at = a.findIndex((part, index) => part !== b[index]);
  return at !== -1 && a[at] > b[at];
}
