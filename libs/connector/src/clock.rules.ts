/** An instant in the form that every vendor and cursor uses, RFC 3339. */
export const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:?\d{2})$/;

/**
 * A larger difference raises an alarm: the overlap of readings covers less, and a person has to
 * correct a clock.
 */
export const CLOCK_ALARM_MS = 10_000;

/**
 * How far a vendor's clock is certainly ahead of ours (negative: behind), in ms: from its `Date`
 * header, less the uncertainty of whole seconds and of the time on the way. Undefined without the
 * header.
 */
export function clockDifferenceMs(date: string | undefined, sentAt: number, receivedAt: number): number | undefined {
  const said = Date.parse(date ?? '');
  if (Number.isNaN(said)) return undefined;
  if (said > receivedAt) return said - receivedAt;
  return Math.min(0, said + 1000 - sentAt);
}

/**
 * The rule for every foreign instant that says how far something was read: it counts for no more
 * than our own clock at the time of asking. Undefined when it is not an instant.
 */
export function notAheadOf(ours: number, foreign: number | string | undefined): number | undefined {
  const said = typeof foreign === 'string' ? Date.parse(foreign) : (foreign ?? NaN);
  return Number.isFinite(said) ? Math.min(said, ours) : undefined;
}

/**
 * The next cursor of a feed. A cursor that is an instant never goes beyond our own clock at the
 * start of the reading, and never back: a vendor whose clock fell back has already shown what came
 * before. Any other cursor is the vendor folder's own token.
 */
export function nextCursor(previous: string | null, proposed: string | null, ours: number): string | null {
  const before = withinClock(previous, ours);
  if (proposed === null || !INSTANT.test(proposed)) return proposed ?? before;
  const allowed = notAheadOf(ours, proposed);
  if (allowed === undefined) return before;
  const kept = before !== null && INSTANT.test(before) ? Date.parse(before) : -Infinity;
  return new Date(Math.max(allowed, kept)).toISOString();
}

/** A stored cursor, limited to our own clock where an earlier release let it go further. */
export function withinClock(cursor: string | null, ours: number): string | null {
  if (cursor === null || !INSTANT.test(cursor)) return cursor;
  const allowed = notAheadOf(ours, cursor);
  return allowed === undefined ? null : new Date(allowed).toISOString();
}
