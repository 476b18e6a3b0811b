import { Decimal } from 'decimal.js';
import { LINE_STATES, money, totals, type Desk, type LineState, type MoneyTotal } from '#canonical';
import { sentence, type Sentence } from '../values/sentence.model.js';
import type { BillingSummary } from './billing-summary.model.js';
import { STATE_SENTENCES } from './state-sentences.js';

/**
 * Counts and sums of lines with the same state, desk, currencies and presence of a price. `oldest`:
 * since when the first of them is in the state.
 */
export interface LineGroup {
  state: LineState;
  desk: Desk | null;
  currency: string | null;
  overage_currency: string | null;
  /** Whether the amount is an estimate. */
  estimated: boolean;
  lines: number;
  minutes: number;
  amount: string | null;
  over_lines: number;
  over_minutes: number;
  over_amount: string | null;
  oldest: Date;
}

/** The states of lines that are not to be billed, and that no total contains. */
const NOT_TO_BE_BILLED: ReadonlySet<LineState> = new Set(['withdrawn', 'skipped']);
const WAITING: ReadonlySet<LineState> = new Set(['received', 'ready', 'correcting']);
const BILLED: ReadonlySet<LineState> = new Set(['billed', 'paid']);

const sum = (numbers: number[]): number => numbers.reduce((a, b) => a + b, 0);
const linesOf = (groups: LineGroup[]): number => sum(groups.map(group => group.lines));
const minutesOf = (groups: LineGroup[]): number => sum(groups.map(group => group.minutes));
const unpricedOf = (groups: LineGroup[]): number => linesOf(groups.filter(group => group.currency === null));
const oldestOf = (groups: LineGroup[]): Date => groups.map(group => group.oldest).reduce((a, b) => (a < b ? a : b));

interface Part {
  amount: string | null;
  currency: string | null;
  lines: number;
  estimated: boolean;
}

/** Sums per currency; each counts the lines that it contains. */
function moneyOf(parts: Part[]): MoneyTotal[] {
  const known = parts.filter((part): part is Part & { amount: string; currency: string } => part.currency !== null && part.amount !== null);
  return totals(known.map(({ amount, currency, estimated }) => ({ money: money(amount, currency), estimated }))).map(total => ({
    ...total,
    items: sum(known.filter(part => part.currency === total.currency).map(part => part.lines)),
  }));
}

export function summed(groups: LineGroup[]): BillingSummary {
  const billable = groups.filter(group => !NOT_TO_BE_BILLED.has(group.state));
  const over = billable.filter(group => group.over_lines > 0);
  const byState = Map.groupBy(groups, group => group.state);
  const byDesk = Map.groupBy(
    groups.filter(group => group.desk !== null),
    group => group.desk!,
  );
  return {
    lines: linesOf(groups),
    minutes: minutesOf(billable),
    money: moneyOf(billable),
    states: LINE_STATES.flatMap(state => {
      const mine = byState.get(state);
      if (!mine) return [];
      const status = sentence(STATE_SENTENCES[state]);
      return [
        { state, status, lines: linesOf(mine), unpriced: unpricedOf(mine), minutes: minutesOf(mine), money: moneyOf(mine), oldest: oldestOf(mine) },
      ];
    }),
    blocked: [...byDesk]
      .map(([desk, mine]) => ({ desk, lines: linesOf(mine), unpriced: unpricedOf(mine), money: moneyOf(mine), oldest: oldestOf(mine) }))
      .sort((a, b) => b.lines - a.lines || (a.desk < b.desk ? -1 : 1)),
    overage: {
      lines: sum(over.map(group => group.over_lines)),
      minutes: sum(over.map(group => group.over_minutes)),
      money: moneyOf(over.map(group => ({ amount: group.over_amount, currency: group.overage_currency, lines: group.over_lines, estimated: false }))),
    },
  };
}

/**
 * Where lines stand, in one sentence. What a person must do comes first, then what moves by itself,
 * then what has ended.
 */
export function standingOf(summary: BillingSummary): Sentence {
  const countOf = (states: ReadonlySet<LineState>): number => sum(summary.states.filter(({ state }) => states.has(state)).map(({ lines }) => lines));
  const only = (state: LineState): number => countOf(new Set([state]));
  const blocked = sum(summary.blocked.map(({ lines }) => lines));
  const waiting = summary.states.filter(({ state }) => WAITING.has(state));
  const params = {
    lines: String(summary.lines),
    waiting: String(countOf(WAITING)),
    posted: String(only('posted')),
    billed: String(countOf(BILLED)),
    paid: String(only('paid')),
    overage: String(summary.overage.lines),
    off: String(countOf(NOT_TO_BE_BILLED)),
  };
  if (summary.lines === 0) return sentence('summary.lines-none');
  if (blocked > 0) {
    const desks = summary.blocked.map(({ desk }) => desk).join(', ');
    const since = summary.blocked.map(({ oldest }) => oldest).reduce((a, b) => (a < b ? a : b));
    return sentence('summary.lines-blocked', { ...params, blocked: String(blocked), desks, since: since.toISOString() });
  }
  if (waiting.length > 0) {
    const since = waiting.map(({ oldest }) => oldest).reduce((a, b) => (a < b ? a : b));
    return sentence('summary.lines-waiting', { ...params, since: since.toISOString() });
  }
  if (only('needs-credit') > 0) return sentence('summary.lines-credit', { ...params, credit: String(only('needs-credit')) });
  if (only('posted') > 0) return sentence('summary.lines-posted', params);
  if (only('billed') > 0) return sentence('summary.lines-billed', params);
  if (only('paid') > 0) return sentence('summary.lines-paid', params);
  return sentence(only('overage') > 0 ? 'summary.lines-over-cap' : 'summary.lines-off', params);
}

/** Where one line stands: what must be done, or its state. */
export function standingOfLine(summary: BillingSummary): Sentence {
  const [state] = summary.states;
  const [blocked] = summary.blocked;
  if (blocked) return sentence('summary.line-blocked', { desk: blocked.desk, since: blocked.oldest.toISOString() });
  return state ? state.status : sentence('summary.lines-none');
}

/**
 * `part` of `whole` as an exact share with four decimals, rounded half up: `0.8125`; null when
 * `whole` is 0.
 */
export const shareOf = (part: number, whole: number): string | null =>
  whole === 0 ? null : new Decimal(part).div(whole).toFixed(4, Decimal.ROUND_HALF_UP);
