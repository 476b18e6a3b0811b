import type { ThrottlerStorage } from '@nestjs/throttler';

type Count = Awaited<ReturnType<ThrottlerStorage['increment']>>;

/**
 * Counts calls per key in windows of fixed length. Constant work per call whatever the limit (the library's own storage keeps
 * every call of the window in a list). In memory: each replica counts for itself, so n replicas let n times the limit through.
 */
export class WindowStorage implements ThrottlerStorage {
  readonly #windows = new Map<string, { hits: number; endsAt: number }>();
  #sweptAt = 0;

  constructor(private readonly now: () => number = Date.now) {}

  async increment(key: string, ttl: number, limit: number): Promise<Count> {
    const now = this.now();
    this.#sweep(now, ttl);
    let window = this.#windows.get(key);
    if (!window || window.endsAt <= now) this.#windows.set(key, (window = { hits: 0, endsAt: now + ttl }));
    window.hits += 1;
    const seconds = Math.ceil((window.endsAt - now) / 1000);
    return { totalHits: window.hits, timeToExpire: seconds, isBlocked: window.hits > limit, timeToBlockExpire: seconds };
  }

  #sweep(now: number, every: number): void {
    if (now - this.#sweptAt < every) return;
    this.#sweptAt = now;
    for (const [key, { endsAt }] of this.#windows) if (endsAt <= now) this.#windows.delete(key);
  }
}
