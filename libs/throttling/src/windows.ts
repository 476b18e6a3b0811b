import { Recent } from './recent.js';

/** What a caller has left. */
export interface Count {
  limit: number;
  remaining: number;
  /** Seconds until the window ends. */
  resetS: number;
  /** This call exceeded the limit. */
  spent: boolean;
}

interface Window {
  used: number;
  endsAt: number;
}

/**
 * Counts per key in windows of fixed length. The work per call does not depend on the limit. At
 * most `most` keys are held; the oldest windows are dropped first. In memory: each process counts
 * for itself, so n replicas allow n times the limit.
 */
export class Windows {
  readonly #windows: Recent<Window>;
  #turnedAt: number;

  constructor(
    private readonly lengthMs: number,
    most: number,
    private readonly now: () => number = Date.now,
  ) {
    this.#windows = new Recent(most);
    this.#turnedAt = now();
  }

  /**
   * Adds `cost` if the limit allows it, else one: a refused call counts too, but not with its cost.
   */
  add(key: string, cost: number, limit: number): Count {
    const now = this.now();
    const window = this.#windowOf(key, now);
    const spent = window.used + cost > limit;
    window.used = Math.min(spent ? window.used + 1 : window.used + cost, limit);
    return { limit, remaining: limit - window.used, resetS: Math.max(1, Math.ceil((window.endsAt - now) / 1000)), spent };
  }

  get size(): number {
    return this.#windows.size;
  }

  #windowOf(key: string, now: number): Window {
    // all windows that were older at the last rotation have ended by now
    if (now - this.#turnedAt >= this.lengthMs) {
      this.#windows.forgetOlder();
      this.#turnedAt = now;
    }
    const held = this.#windows.get(key);
    if (held && held.endsAt > now) return held;
    const window = { used: 0, endsAt: now + this.lengthMs };
    this.#windows.set(key, window);
    return window;
  }
}
