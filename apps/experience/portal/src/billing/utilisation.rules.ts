import { Decimal } from 'decimal.js';
import type { Worker } from '#canonical';

const DAY_MS = 86_400_000;
const FRIDAY = 5;

/** The part of a worker's record that determines when they can work. */
export type Employment = Pick<Worker, 'hiredOn' | 'terminatedOn' | 'leave' | 'fullTimeShare'>;

export interface Capacity {
  workingMinutes: number;
  /** Excluded days on which they would have worked. */
  publicHolidays: number;
}

/**
 * The minutes that somebody could work between two days, both included: the firm's working day, or
 * their contract's share of it, on every weekday on which they are employed and not on leave,
 * except public holidays. Rounded once.
 */
export function capacity(
  { hiredOn, terminatedOn, leave, fullTimeShare = '1' }: Employment,
  from: string,
  to: string,
  minutesPerDay: number,
  isHoliday: (day: string) => boolean,
): Capacity {
  let days = 0;
  let publicHolidays = 0;
  for (let at = Date.parse(from); at <= Date.parse(to); at += DAY_MS) {
    const weekday = new Date(at).getUTCDay();
    const day = new Date(at).toISOString().slice(0, 'YYYY-MM-DD'.length);
    const employed = day >= hiredOn && (terminatedOn === undefined || day <= terminatedOn);
    const away = leave.some(({ from: first, to: last }) => day >= first && (last === undefined || day <= last));
    if (weekday < 1 || weekday > FRIDAY || !employed || away) continue;
    if (isHoliday(day)) publicHolidays++;
    else days++;
  }
  const workingMinutes = new Decimal(days).times(minutesPerDay).times(fullTimeShare).toDecimalPlaces(0, Decimal.ROUND_HALF_UP).toNumber();
  return { workingMinutes, publicHolidays };
}
