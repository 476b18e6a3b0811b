import { describe, expect, it } from 'vitest';
import { Windows } from './windows.js';

const MINUTE = 60_000;

describe('a window of calls', () => {
  it('counts per key, is spent beyond the limit, and restarts when it ends', () => {
    const clock = { now: 0 };
    const windows = new Windows(MINUTE, 100, () => clock.now);
    const add = (key: string, cost = 1) => windows.add(key, cost, 2);
    expect([add('a'), add('a'), add('a')].map(({ remaining, spent }) => [remaining, spent])).toEqual([
      [1, false],
      [0, false],
      [0, true],
    ]);
    expect(add('b')).toEqual({ limit: 2, remaining: 1, resetS: 60, spent: false });
    clock.now = 45_500;
    expect(add('a').resetS).toBe(15);
    clock.now = MINUTE;
    expect(add('a')).toEqual({ limit: 2, remaining: 1, resetS: 60, spent: false });
  });

  it('charges one, not the cost, for a refused call: cheaper calls still pass', () => {
    const windows = new Windows(MINUTE, 100, () => 0);
    expect(windows.add('a', 11, 10)).toMatchObject({ spent: true, remaining: 9 });
    expect(windows.add('a', 9, 10)).toMatchObject({ spent: false, remaining: 0 });
  });

  it('holds a bounded number of keys, and forgets windows that have ended', () => {
    const clock = { now: 0 };
    const windows = new Windows(MINUTE, 1_000, () => clock.now);
    for (let i = 0; i < 50_000; i++) windows.add(`address ${i}`, 1, 10);
    expect(windows.size).toBeLessThanOrEqual(1_000);
    for (clock.now = MINUTE; clock.now <= 3 * MINUTE; clock.now += MINUTE) windows.add('one', 1, 10);
    expect(windows.size).toBeLessThan(4);
  });

  it('costs the same per call however many keys are held', () => {
    const cost = (keys: number): number => {
      const windows = new Windows(MINUTE, keys / 2, () => 0);
      const before = process.cpuUsage();
      for (let i = 0; i < keys; i++) windows.add(`address ${i}`, 1, 10);
      const { user, system } = process.cpuUsage(before);
      return (user + system) / keys;
    };
    cost(20_000);
    const [few, many] = [cost(20_000), cost(320_000)];
    console.log(`windows: ${few.toFixed(2)} µs per call over 20,000 keys, ${many.toFixed(2)} µs over 320,000`);
    expect(many / few).toBeLessThan(6);
  });
});
