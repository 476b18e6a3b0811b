/** Adds calendar days to a date `YYYY-MM-DD`. */
export function plusDays(date: string, days: number): string {
  const day = new Date(`${date}T00:00:00Z`);
  day.setUTCDate(day.getUTCDate() + days);
  return day.toISOString().slice(0, 10);
}

/** The first Monday on or after `date`. */
export function mondayFrom(date: string): string {
  const weekday = new Date(`${date}T00:00:00Z`).getUTCDay();
  return plusDays(date, (8 - weekday) % 7);
}

/** The Monday of the week of `date`. */
export const mondayOf = (date: string): string => mondayFrom(plusDays(date, -6));

/** 1 January of `date`'s year, `years` later. */
export const newYear = (date: string, years = 0): string => `${Number(date.slice(0, 4)) + years}-01-01`;

/** First day of the month `months` after `date`'s. */
export function monthStart(date: string, months = 0): string {
  const day = new Date(`${date.slice(0, 7)}-01T00:00:00Z`);
  day.setUTCMonth(day.getUTCMonth() + months);
  return day.toISOString().slice(0, 10);
}

/** Mondays to Fridays from `from` to `to`, both included. */
export function workDays(from: string, to: string): number {
  let count = 0;
  for (let day = from; day <= to; day = plusDays(day, 1)) if (isWorkDay(day)) count++;
  return count;
}

export const isWorkDay = (date: string): boolean => ![0, 6].includes(new Date(`${date}T00:00:00Z`).getUTCDay());
