/**
 * The clock with which vendors stamp records. A planned fault sets it while one request is handled;
 * handling is synchronous, so no other request sees it.
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
