const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Waits after the first failure, the second, and so on; the last again and again. */
const WAITS_MS = [5_000, MINUTE_MS, 5 * MINUTE_MS, 30 * MINUTE_MS, 2 * HOUR_MS, 5 * HOUR_MS, 10 * HOUR_MS];

/** How long a message is tried; then it is a dead letter. */
export const TRIED_FOR_MS = 72 * HOUR_MS;

/**
 * How long to wait after so many failures, in ms: by the list, up to a fifth longer by chance, so
 * that a receiver that comes back is not met by everything at once, and never shorter than the
 * receiver asked for. `chance` is from 0 to 1. Undefined when the message has been tried for long
 * enough: `triedMs` is how long ago it was tried first.
 */
export function waitAfter(failures: number, triedMs: number, chance: number, askedMs = 0): number | undefined {
  const listed = WAITS_MS[Math.min(failures, WAITS_MS.length) - 1];
  const wait = Math.max(askedMs, Math.round(listed * (1 + chance / 5)));
  if (triedMs >= TRIED_FOR_MS) return undefined;
  // the last attempt is at the end of the time
  return Math.min(wait, TRIED_FOR_MS - triedMs);
}
