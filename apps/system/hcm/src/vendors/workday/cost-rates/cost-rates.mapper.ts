import { money } from '#canonical';
import type { DatedCostRate } from '../../../workers/worker-record.js';
import type { CostRateRow } from './cost-rates.wire.js';

/** The rates by the day on which each begins. */
export function costRatesOf(rows: CostRateRow[]): DatedCostRate[] {
  const byDay = new Map(rows.map(row => [row.from, money(row.amount, row.currency)]));
  return [...byDay].map(([from, rate]) => ({ from, rate })).sort((a, b) => (a.from < b.from ? -1 : 1));
}
