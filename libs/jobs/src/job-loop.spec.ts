import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import type { Signals } from '#persistence';
import { configureLog } from '#service';
import { ManualClock } from '#testing';
import { JobLoop, type Job, type Next } from './index.js';

let loop: JobLoop;
afterEach(() => loop?.stop());

/** Lets what is ready to run do so. */
const settle = async () => {
  for (let n = 0; n < 20; n++) await setImmediate();
};

function running(work: (look: number) => Next | Promise<Next>, o: Partial<Job> = {}) {
  const clock = new ManualClock();
  const looks: number[] = [];
  loop = new JobLoop({
    part: 'spec',
    name: 'job',
    work: async () => {
      looks.push(clock.now());
      return work(looks.length);
    },
    pace: { firstMs: 1_000, mostMs: 8_000 },
    clock,
    ...o,
  });
  loop.start();
  const pass = async (ms: number, stepMs = 10) => {
    for (let at = 0; at < ms; at += stepMs) {
      clock.advance(stepMs);
      await settle();
    }
  };
  return { looks, pass, clock };
}

describe('a loop', () => {
  it('goes on at once while there is more, and then looks less and less often', async () => {
    const { looks, pass } = running(look => look < 4);
    await settle();
    expect(looks).toEqual([0, 0, 0, 0]);
    await pass(60_000, 100);
    const gaps = looks.slice(4).map((at, n) => at - looks[n + 3]);
    expect(gaps.length).toBeGreaterThanOrEqual(8);
    expect(gaps.length).toBeLessThanOrEqual(12);
    expect(Math.max(...gaps)).toBeLessThanOrEqual(8_900);
    expect(gaps[0]).toBeLessThan(1_200);
  });

  it('looks when it is woken, and at its first pace after that', async () => {
    const { looks, pass, clock } = running(() => false);
    await pass(40_000, 100);
    const before = looks.length;
    loop.wake();
    await settle();
    expect(looks.slice(before)).toEqual([clock.now()]);
    await pass(1_200, 100);
    expect(looks).toHaveLength(before + 2);
  });

  it('forgets no wake-up that comes while it works', async () => {
    const { looks } = running(look => {
      if (look === 1) loop.wake();
      return false;
    });
    await settle();
    expect(looks).toEqual([0, 0]);
  });

  it('looks when something becomes due, and no more often', async () => {
    const { looks, pass } = running(look => (look === 1 ? { inMs: 300 } : { inMs: 500 }));
    await settle();
    await pass(900);
    expect(looks).toEqual([0, 300, 800]);
  });

  it('keeps its distance between looks however often it is woken', async () => {
    const { looks, pass } = running(() => false, { pace: { leastMs: 400, firstMs: 1_000, mostMs: 8_000 } });
    for (let n = 0; n < 200; n++) {
      loop.wake();
      await pass(10);
    }
    expect(looks.length).toBeGreaterThanOrEqual(5);
    expect(looks.length).toBeLessThanOrEqual(6);
  });

  it('waits longer after each failure, and is itself again after the first success', async () => {
    const { looks, pass } = running(look => {
      if (look <= 5) throw new Error('away');
      return false;
    });
    await settle();
    await pass(10_000);
    expect(looks.slice(0, 6)).toEqual([0, 200, 600, 1_400, 3_000, 6_200]);
  });

  it('looks at its first pace while signals do not arrive', async () => {
    const signals = { connected: false, on: () => () => undefined } as unknown as Signals;
    const { looks, pass } = running(() => false, { signals: () => signals });
    await settle();
    await pass(60_000, 100);
    expect(looks.length).toBeGreaterThan(50);
  });

  it('tells an outage once for all loops of a room, and its end', async () => {
    const file = join(await mkdtemp(join(tmpdir(), 'throughline-jobs-')), 'log');
    configureLog({ logLevel: 'info', logFile: file });
    const away = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:5432'), { code: 'ECONNREFUSED' });
    const clock = new ManualClock();
    let failures = 0;
    const loops = Array.from({ length: 20 }, (_, n) => {
      const work = () => (failures < 200 ? (failures++, Promise.reject(away)) : Promise.resolve(false));
      return new JobLoop({ part: 'a room', name: `job ${n}`, work, pace: { firstMs: 1_000, mostMs: 1_000 }, clock });
    });
    for (const one of loops) one.start();
    for (let n = 0; n < 60; n++) {
      clock.advance(1_000);
      await settle();
    }
    for (const one of loops) await one.stop();
    const lines = (await readFile(file, 'utf8')).trim().split('\n');
    expect(failures).toBe(200);
    expect(lines.map(line => (JSON.parse(line) as { message: string }).message)).toEqual([
      expect.stringContaining("a room: can't go on now"),
      expect.stringContaining('a room: works again'),
    ]);
  });

  it('ends while it waits', async () => {
    const { looks } = running(() => false, { pace: { firstMs: Infinity, mostMs: Infinity } });
    await settle();
    await loop.stop();
    expect(looks).toEqual([0]);
  });
});
