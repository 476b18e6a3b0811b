const DAY_MS = 86_400_000;

/** Business dates have no zone. The arithmetic is in UTC, where every day has 24 hours. */
export const daysAfter = (date: string, days: number): string => new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);

export const dayBefore = (date: string): string => daysAfter(date, -1);

export const dayAfter = (date: string): string => daysAfter(date, 1);

/** `YYYY-MM` of a date. */
export const monthOf = (date: string): string => date.slice(0, 7);
