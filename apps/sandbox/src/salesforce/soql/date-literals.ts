const UNITS = ['WEEK', 'MONTH', 'QUARTER', 'YEAR', 'FISCAL_QUARTER', 'FISCAL_YEAR'] as const;
type Unit = 'DAY' | (typeof UNITS)[number];

/** A half-open range of days: from `start`, before `end`. */
export interface DayRange {
  start: string;
  end: string;
}

interface Meaning {
  unit: Unit;
  range(n: number): [from: number, to: number];
}

const NAMES = new Map<string, Meaning>([
  ['YESTERDAY', { unit: 'DAY', range: () => [-1, 0] }],
  ['TODAY', { unit: 'DAY', range: () => [0, 1] }],
  ['TOMORROW', { unit: 'DAY', range: () => [1, 2] }],
  ['LAST_90_DAYS', { unit: 'DAY', range: () => [-89, 1] }],
  ['NEXT_90_DAYS', { unit: 'DAY', range: () => [1, 91] }],
  ['LAST_N_DAYS:n', { unit: 'DAY', range: n => [-n + 1, 1] }],
  ['NEXT_N_DAYS:n', { unit: 'DAY', range: n => [1, n + 1] }],
  ['N_DAYS_AGO:n', { unit: 'DAY', range: n => [-n, -n + 1] }],
]);
for (const unit of UNITS) {
  NAMES.set(`LAST_${unit}`, { unit, range: () => [-1, 0] });
  NAMES.set(`THIS_${unit}`, { unit, range: () => [0, 1] });
  NAMES.set(`NEXT_${unit}`, { unit, range: () => [1, 2] });
  NAMES.set(`LAST_N_${unit}S:n`, { unit, range: n => [-n, 0] });
  NAMES.set(`NEXT_N_${unit}S:n`, { unit, range: n => [1, n + 1] });
  NAMES.set(`N_${unit}S_AGO:n`, { unit, range: n => [-n, -n + 1] });
}

export const isDateLiteral = (name: string): boolean => NAMES.has(name);

/**
 * The days a date literal covers. Days begin at midnight UTC and weeks on Sunday: the user's time
 * zone and locale are UTC and en_US here.
 */
export function daysOf(name: string, n: number, now: Date): DayRange {
  const { unit, range } = NAMES.get(name)!;
  const [from, to] = range(n);
  return { start: start(unit, now, from), end: start(unit, now, to) };
}

/** The first day of the unit that is `shift` units from now's. */
function start(unit: Unit, now: Date, shift: number): string {
  const [year, month, day] = [now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate()];
  const first: Record<Unit, () => number> = {
    DAY: () => Date.UTC(year, month, day + shift),
    WEEK: () => Date.UTC(year, month, day - now.getUTCDay() + 7 * shift),
    MONTH: () => Date.UTC(year, month + shift, 1),
    QUARTER: () => Date.UTC(year, month - (month % 3) + 3 * shift, 1),
    YEAR: () => Date.UTC(year + shift, 0, 1),
    FISCAL_QUARTER: () => Date.UTC(year, month - (month % 3) + 3 * shift, 1),
    FISCAL_YEAR: () => Date.UTC(year + shift, 0, 1),
  };
  return new Date(first[unit]()).toISOString().slice(0, 10);
}
