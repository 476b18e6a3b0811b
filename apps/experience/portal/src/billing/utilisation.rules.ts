import type { Leave } from '#canonical';

const DAY_MS = 86_400_000;
const FRIDAY = 5;

/** What of a worker's record says when they can work. */
export interface Employment {
  hiredOn: string;
  terminatedOn?: string;
  leave: Leave[];
}

/**
 * Minutes somebody could work from one day to another, both included: the firm's day on every weekday on which they are employed and not on
 * leave. Public holidays aren't known here and count as working days.
 */
export function workingMinutes({ hiredOn, terminatedOn, leave }: Employment, from: string, to: string, minutesPerDay: number): number {
  let days = 0;
  for (let at = Date.parse(from); at <= Date.parse(to); at += DAY_MS) {
    const weekday = new Date(at).getUTCDay();
    const day = new Date(at).toISOString().slice(0, 'YYYY-MM-DD'.length);
    const employed = day >= hiredOn && (terminatedOn === undefined || day <= terminatedOn);
    const away = leave.some(({ from: first, to: last }) => day >= first && (last === undefined || day <= last));
    if (weekday >= 1 && weekday <= FRIDAY && employed && !away) days++;
  }
  return days * minutesPerDay;
}
