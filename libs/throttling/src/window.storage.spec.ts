import { describe, expect, it } from 'vitest';
import { WindowStorage } from './window.storage.js';

describe('a window of calls', () => {
  const storage = (clock: { now: number }) => new WindowStorage(() => clock.now);

  it('counts per key, blocks past the limit and begins anew when it ends', async () => {
    const clock = { now: 0 };
    const calls = storage(clock);
    const hits = [await calls.increment('a', 60_000, 2), await calls.increment('a', 60_000, 2), await calls.increment('a', 60_000, 2)];
    expect(hits.map(({ totalHits, isBlocked }) => [totalHits, isBlocked])).toEqual([
      [1, false],
      [2, false],
      [3, true],
    ]);
    expect((await calls.increment('b', 60_000, 2)).totalHits).toBe(1);
    clock.now = 45_500;
    expect((await calls.increment('a', 60_000, 2)).timeToBlockExpire).toBe(15);
    clock.now = 60_000;
    expect(await calls.increment('a', 60_000, 2)).toMatchObject({ totalHits: 1, isBlocked: false, timeToExpire: 60 });
  });
});
