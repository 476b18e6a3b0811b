/**
 * The clock that the vendors stamp records by. A planned fault sets it for as long as one request is handled, which is
 * synchronous, so that no other request sees it.
 */
let aheadMs = 0;

export const clockMs = (): number => Date.now() + aheadMs;

export const clockNow = (): Date => new Date(clockMs());

/** Handles one request while the vendor's clock is `ms` ahead of ours, or behind it. */
export function atClock<T>(ms: number, handle: () => T): T {
  aheadMs = ms;
  try {
    return handle();
  } finally {
    aheadMs = 0;
  }
}
