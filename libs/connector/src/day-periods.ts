import { Problem } from '#canonical';

const DAY_MS = 24 * 3_600_000;

/**
 * The days from one on, in periods short enough to be paged through; the last period ends a year
 * ahead.
 */
export function dayPeriods(from: string, days: number): [first: string, last: string][] {
  const start = Date.parse(from);
  if (Number.isNaN(start)) throw new Problem('internal', `${from} is no day`);
  const dayOf = (ms: number) => new Date(ms).toISOString().slice(0, 10);
  const periods: [string, string][] = [];
  let first = start;
  for (; first <= Date.now(); first += days * DAY_MS) periods.push([dayOf(first), dayOf(first + (days - 1) * DAY_MS)]);
  return [...periods, [dayOf(first), dayOf(first + 366 * DAY_MS)]];
}
