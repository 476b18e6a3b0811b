/** An instant as every vendor and cursor writes it, RFC 3339. */
export const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:?\d{2})$/;

/** A difference above this is an alarm: overlaps of readings cover less, and a person has to set a clock right. */
export const CLOCK_ALARM_MS = 10_000;

/**
 * How far a vendor's clock is surely ahead of ours, below zero behind, in ms: what its `Date` says, less what whole seconds and
 * the time on the way leave open. Undefined when it does not say.
 */
export function clockDifferenceMs(date: string | undefined, sentAt: number, receivedAt: number): number | undefined {
  const said = Date.parse(date ?? '');
  if (Number.isNaN(said)) return undefined;
  if (said > receivedAt) return said - receivedAt;
  return Math.min(0, said + 1000 - sentAt);
}

/**
 * The rule for every foreign moment that says how far something was read: it counts for no more than our own clock at the time of
 * asking. Undefined when it is no moment at all.
 */
export function notAheadOf(ours: number, foreign: number | string | undefined): number | undefined {
  const said = typeof foreign === 'string' ? Date.parse(foreign) : (foreign ?? NaN);
  return Number.isFinite(said) ? Math.min(said, ours) : undefined;
}

/**
 * Where a feed's cursor goes. One that is an instant never goes beyond our own clock when the reading began, and never back: a
 * vendor whose clock fell back has shown what was before already. Any other cursor is the vendor folder's own token.
 */
export function nextCursor(previous: string | null, proposed: string | null, ours: number): string | null {
  const before = withinClock(previous, ours);
  if (proposed === null || !INSTANT.test(proposed)) return proposed ?? before;
  const allowed = notAheadOf(ours, proposed);
  if (allowed === undefined) return before;
  const kept = before !== null && INSTANT.test(before) ? Date.parse(before) : -Infinity;
  return new Date(Math.max(allowed, kept)).toISOString();
}

/** A stored cursor, taken back to our own clock where an earlier release let it go further. */
export function withinClock(cursor: string | null, ours: number): string | null {
  if (cursor === null || !INSTANT.test(cursor)) return cursor;
  const allowed = notAheadOf(ours, cursor);
  return allowed === undefined ? null : new Date(allowed).toISOString();
}
