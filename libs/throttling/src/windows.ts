import type { ThrottlerStorage } from '@nestjs/throttler';
import { Recent } from './recent.js';

/** What a caller has left. */
export interface Count {
  limit: number;
  remaining: number;
  /** Until the window ends. */
  resetS: number;
  /** This call was one too many. */
  spent: boolean;
}

interface Window {
  used: number;
  endsAt: number;
}

/**
 * Counts per key in windows of fixed length. Constant work per call whatever the limit; at most `most` keys are held, the oldest
 * windows go first. In memory: each process counts for itself, so n replicas let n times the limit through.
 */
export class Windows implements ThrottlerStorage {
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

  /** Adds `cost` when the limit lets it, else one: a refused call counts too, but not what it would have cost. */
  add(key: string, cost: number, limit: number): Count {
    const now = this.now();
    const window = this.#windowOf(key, now);
    const spent = window.used + cost > limit;
    window.used = Math.min(spent ? window.used + 1 : window.used + cost, limit);
    return { limit, remaining: limit - window.used, resetS: Math.max(1, Math.ceil((window.endsAt - now) / 1000)), spent };
  }

  /** The framework's way to count one call. */
  increment(key: string, _lengthMs: number, limit: number): ReturnType<ThrottlerStorage['increment']> {
    const { remaining, resetS, spent } = this.add(key, 1, limit);
    return Promise.resolve({ totalHits: limit - remaining, timeToExpire: resetS, isBlocked: spent, timeToBlockExpire: resetS });
  }

  get size(): number {
    return this.#windows.size;
  }

  #windowOf(key: string, now: number): Window {
    // whatever was older at the turn before this one has ended by now
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
