const DAY_MS = 86_400_000;

/** The day of UTC, `YYYY-MM-DD`, that was so many days before now. */
export const daysAgo = (days: number): string => new Date(Date.now() - days * DAY_MS).toISOString().slice(0, 10);
