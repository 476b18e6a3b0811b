import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { aCall, aPlan, clockAt, mostIn, type Replica, Replicas } from './throttling.fixture.js';

let all: Replicas;
beforeAll(async () => {
  all = await Replicas.open();
});
afterAll(() => all.database.close());
beforeEach(() => () => all.clear());

/** Lets the timers and statements of this moment come to rest. */
const rest = (replicas: Replica[]) => Promise.all(replicas.map(({ budgets }) => budgets.settled()));

describe('in any window', () => {
  it('two replicas under steady load let in no more than the plan, and at least 98 % of it', async () => {
    const [windowMs, rate, stepMs, windows] = [10_000, 600, 20, 3];
    const clock = clockAt();
    await all.agree(aPlan('busy', { rate, windowSeconds: 10, burst: 300 }));
    const replicas = [await all.start(clock), await all.start(clock)];
    const at: number[] = [];
    // Twice the plan is asked of both together.
    for (let ms = 0; ms < windowMs * windows; ms += stepMs) {
      const passed = await Promise.all(replicas.map(replica => replica.passed('busy', ms % 60 === 0 ? 4 : 0)));
      at.push(...Array.from({ length: passed[0] + passed[1] }, () => ms));
      clock.advance(stepMs);
    }
    const steady = at.filter(ms => ms >= windowMs).length / (rate * (windows - 1));
    console.log(`any window: at most ${mostIn(windowMs, at)} of ${rate}; steady use ${(steady * 100).toFixed(1)} %`);
    expect(mostIn(windowMs, at)).toBeLessThanOrEqual(rate);
    expect(mostIn(1_000, at)).toBeLessThanOrEqual(300);
    expect(steady).toBeGreaterThanOrEqual(0.98);
  });

  it('whatever is asked when, of whichever replica, and whichever of them dies', async () => {
    const call = fc.record({ replica: fc.nat(1), cost: fc.integer({ min: 0, max: 12 }), count: fc.integer({ min: 1, max: 12 }) });
    const step = fc.record({ waitMs: fc.integer({ min: 0, max: 4_000 }), calls: fc.array(call, { minLength: 1, maxLength: 3 }), dies: fc.boolean() });
    const plan = fc.constantFrom({ rate: 30, burst: 15 }, { rate: 150, burst: 40 }, { rate: 150, burst: 40, dailyQuota: 200 });
    const property = fc.asyncProperty(plan, fc.array(step, { minLength: 8, maxLength: 16 }), async (limits, steps) => {
      await all.clear();
      const clock = clockAt();
      await all.agree(aPlan('any', { ...limits, windowSeconds: 10 }));
      const replicas = [await all.start(clock), await all.start(clock)];
      const at: number[] = [];
      for (const { waitMs, calls, dies } of steps) {
        clock.advance(waitMs);
        // Nothing is given back by the one that dies.
        if (dies) replicas[0] = await all.start(clock);
        await Promise.all(calls.map(({ replica, cost, count }) => use(replicas[replica], cost, count, () => at.push(clock.now()))));
      }
      await rest(replicas);
      expect(mostIn(10_000, at)).toBeLessThanOrEqual(limits.rate);
      expect(mostIn(1_000, at)).toBeLessThanOrEqual(limits.burst);
      if (limits.dailyQuota) expect(at.length).toBeLessThanOrEqual(limits.dailyQuota);
    });
    await fc.assert(property, { numRuns: 6, endOnFailure: true });
  });
});

/** So many requests at once, each of which goes on to cost more; tells every unit that was let in. */
async function use({ budgets }: Replica, cost: number, count: number, unit: () => void): Promise<void> {
  const one = async (): Promise<void> => {
    const call = aCall({ client_id: 'any' });
    await budgets.admit(call.request);
    unit();
    await budgets.charge(call.request, cost);
    for (let n = 0; n < cost; n++) unit();
  };
  await Promise.allSettled(Array.from({ length: count }, one));
}
