import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { putConsumer } from '#auth';
import { eventually } from '#testing';
import { putPlan } from './plans/plans.js';
import { aCall, aPlan, clockAt, Replicas } from './throttling.fixture.js';

const MINUTE = 60_000;
const DAY = 86_400_000;
/** A window is kept half a per cent longer than the plan says. */
const LONGER = 300;

let all: Replicas;
beforeAll(async () => {
  all = await Replicas.open();
});
afterAll(() => all.database.close());
beforeEach(() => () => all.clear());

describe('the budget of a consumer', () => {
  it('is to the call over two replicas, in every window, where the plan is small', async () => {
    const clock = clockAt();
    await all.agree(aPlan('small'));
    const [a, b] = [await all.start(clock), await all.start(clock)];
    const passed = await Promise.all([a.passed('small', 15), b.passed('small', 15)]);
    expect(passed[0] + passed[1]).toBe(20);
    clock.advance(MINUTE);
    expect(await b.passed('small', 1)).toBe(0);
    clock.advance(LONGER);
    expect((await a.passed('small', 12)) + (await b.passed('small', 12))).toBe(20);
  });

  it('slides: what was used late is free late', async () => {
    const clock = clockAt();
    await all.agree(aPlan('small', { rate: 10 }));
    const [a, b] = [await all.start(clock), await all.start(clock)];
    expect(await a.passed('small', 4)).toBe(4);
    clock.advance(MINUTE / 2);
    expect(await b.passed('small', 10)).toBe(6);
    clock.advance(MINUTE / 2 + LONGER);
    expect(await a.passed('small', 10)).toBe(4);
    clock.advance(MINUTE / 2);
    expect(await a.passed('small', 10)).toBe(6);
  });

  it('allows so many in any second, however many are left of the window', async () => {
    const clock = clockAt();
    await all.agree(aPlan('brisk', { rate: 60, burst: 5 }));
    const [a, b] = [await all.start(clock), await all.start(clock)];
    expect((await a.passed('brisk', 4)) + (await b.passed('brisk', 4))).toBe(5);
    expect(await a.call('brisk')).toMatchObject({ code: 'plan-burst', retryAfterMs: 2_000 });
    clock.advance(1_050);
    expect(await b.passed('brisk', 9)).toBe(5);
  });

  it('is one for calls and for what operations cost beyond one call', async () => {
    const clock = clockAt();
    await all.agree(aPlan('mixed'));
    const [rest, graph] = [await all.start(clock), await all.start(clock)];
    expect(await rest.passed('mixed', 10)).toBe(10);
    const operation = aCall({ client_id: 'mixed' });
    await graph.budgets.admit(operation.request);
    await graph.budgets.charge(operation.request, 7);
    expect(operation.headers['RateLimit-Remaining']).toBe(2);
    await expect(graph.budgets.charge(operation.request, 3)).rejects.toMatchObject({ code: 'plan-rate' });
    expect(await rest.passed('mixed', 5)).toBe(2);
  });

  it.each([
    ['in any second', { burst: 5 }, {}, 5, '5 calls in any second'],
    ['in its window', { rate: 8 }, {}, 8, '8 calls in any 60 s'],
    ['in a day', { dailyQuota: 4 }, {}, 4, '4 calls a day, UTC'],
    ['of one person', {}, { sub: 'ruth', kind: 'person' as const }, 10, 'half of its calls to one person'],
  ])('says of an operation that costs more than the plan ever allows %s that waiting does not help', async (_, limits, who, most, rule) => {
    await all.agree(aPlan('narrow', limits));
    const replica = await all.start(clockAt());
    const operation = aCall({ client_id: 'narrow', ...who });
    await replica.budgets.admit(operation.request);
    await expect(replica.budgets.charge(operation.request, most)).rejects.toMatchObject({
      kind: 'unprocessable',
      code: 'plan-too-small',
      retryable: false,
      detail: `This operation counts as ${most + 1} calls, and the plan narrow allows ${rule}. Ask for less at a time, or for a larger plan.`,
    });
    // It was charged nothing of that, and what just fits is let in.
    await replica.budgets.charge(operation.request, most - 1);
  });

  it('of a day begins anew at midnight, UTC', async () => {
    const midnight = Date.UTC(2026, 11, 1);
    const clock = clockAt(midnight - MINUTE);
    await all.agree(aPlan('daily', { rate: 50, burst: 50, dailyQuota: 30 }));
    const [a, b] = [await all.start(clock), await all.start(clock)];
    expect((await a.passed('daily', 20)) + (await b.passed('daily', 20))).toBe(30);
    expect(await a.call('daily')).toMatchObject({ code: 'plan-daily-quota', retryAfterMs: MINUTE });
    clock.advance(MINUTE - 1);
    expect(await b.passed('daily', 1)).toBe(0);
    clock.advance(1);
    // The window holds what was used before midnight.
    expect(await b.passed('daily', 40)).toBe(20);
    clock.advance(MINUTE + LONGER);
    expect((await a.passed('daily', 20)) + (await b.passed('daily', 20))).toBe(10);
    clock.advance(DAY);
    expect(await a.passed('daily', 40)).toBe(30);
  });

  it('neither opens nor stays shut when the clock of Postgres is set back', async () => {
    await all.agree(aPlan('small'));
    const replica = await all.start();
    expect(await replica.passed('small', 15)).toBe(15);
    // as if these had been counted by a clock an hour ahead
    await all.database.dataSource.query(
      `update governance.budget set at_ms = at_ms + 3600000, stamps = array(select s + 3600000 from unnest(stamps) s)`,
    );
    expect(await replica.passed('small', 15)).toBe(5);
    const [{ late }] = await all.database.dataSource.query<[{ late: boolean }]>(
      `select stamps[1] > extract(epoch from clock_timestamp()) * 1000 + 5000 late from governance.budget`,
    );
    expect(late).toBe(false);
  });

  it('is that of the smallest plan for a client that nobody registered, a budget for each', async () => {
    const clock = clockAt();
    await all.agree(aPlan('large', { rate: 90, burst: 90 }), aPlan('small', { rate: 3, burst: 3 }));
    const replica = await all.start(clock);
    expect([await replica.passed('stranger', 9), await replica.passed('other', 9)]).toEqual([3, 3]);
  });

  it('is that of the built-in plan in a deployment that has made none', async () => {
    const clock = clockAt();
    const [a, b] = [await all.start(clock, 8), await all.start(clock, 8)];
    expect((await a.passed('anybody', 6)) + (await b.passed('anybody', 6))).toBe(8);
  });

  it('changes with its plan at once, in every replica', async () => {
    const clock = clockAt();
    await all.agree(aPlan('grows', { rate: 3, burst: 3 }));
    const [a, b] = [await all.start(clock), await all.start(clock)];
    expect(await a.passed('grows', 9)).toBe(3);
    await all.database.dataSource.transaction(em => putPlan(em, aPlan('grows', { rate: 5, burst: 9 })));
    await eventually(() => [a, b].every(({ plans }) => plans.of('grows').rate === 5));
    expect((await b.passed('grows', 9)) + (await a.passed('grows', 9))).toBe(2);
  });

  it('tells a refused caller its plan and the limit, and when the next call is welcome', async () => {
    const clock = clockAt();
    await all.agree(aPlan('small', { rate: 2, burst: 20 }), aPlan('secret', { rate: 99 }));
    const replica = await all.start(clock);
    await replica.passed('small', 2);
    clock.advance(20_000);
    const refused = aCall({ client_id: 'small' });
    const problem = await replica.call('small', refused);
    expect(problem).toMatchObject({
      kind: 'rate-limited',
      code: 'plan-rate',
      detail: 'The plan small allows 2 calls in any 60 s; the next is welcome in 41 s.',
      retryAfterMs: 41_000,
    });
    expect(refused.headers).toEqual({
      'RateLimit-Policy': '"rate";q=2;w=60, "burst";q=20;w=1',
      RateLimit: '"rate";r=0;t=41',
      'RateLimit-Limit': 2,
      'RateLimit-Remaining': 0,
      'RateLimit-Reset': 41,
    });
    expect(JSON.stringify([problem, refused.headers])).not.toContain('secret');
  });

  it('is none for a suspended consumer', async () => {
    const clock = clockAt();
    await all.agree(aPlan('small'));
    const replica = await all.start(clock);
    const suspended = { clientId: 'small', name: 'small', contact: 'a@example.com', plan: 'small', state: 'suspended' } as const;
    await all.database.dataSource.transaction(em => putConsumer(em, suspended));
    await eventually(() => replica.consumers.find('small')?.state === 'suspended');
    expect(await replica.call('small')).toMatchObject({ kind: 'forbidden', code: 'consumer-suspended' });
    const service = aCall({ client_id: 'small', scope: 'act-for' });
    expect(await replica.call('small', service)).toMatchObject({ kind: 'forbidden', code: 'consumer-suspended' });
  });

  it('is used by one person up to its half', async () => {
    const clock = clockAt();
    await all.agree(aPlan('portal', { rate: 10, burst: 10 }));
    const replica = await all.start(clock);
    const ask = (sub: string) => replica.call('portal', aCall({ client_id: 'portal', sub, kind: 'person' }));
    const ruth = await Promise.all(Array.from({ length: 8 }, () => ask('ruth')));
    const imogen = await Promise.all(Array.from({ length: 4 }, () => ask('imogen')));
    expect(ruth.filter(refusal => refusal === undefined)).toHaveLength(5);
    expect(ruth.at(-1)?.detail).toContain('The plan portal allows half of its calls to one person');
    expect(imogen).toEqual(imogen.map(() => undefined));
  });
});

describe('calls between services of the house', () => {
  it('do not count, and are let in however much others ask', async () => {
    const clock = clockAt();
    await all.agree(aPlan('outsider', { rate: 2, burst: 2 }));
    const replica = await all.start(clock);
    const service = () => replica.call('service', aCall({ client_id: 'portal-service', scope: 'crm.read act-for' }));
    const [outside, inside] = await Promise.all([replica.passed('outsider', 200), Promise.all(Array.from({ length: 500 }, service))]);
    expect([outside, inside.filter(refusal => refusal !== undefined)]).toEqual([2, []]);
    expect(await all.database.dataSource.query('select client_id from governance.budget')).toEqual([{ client_id: 'outsider' }]);
  });
});

describe('the slots of a consumer', () => {
  it('are shared by replicas, and free when a request ends or its caller breaks it off', async () => {
    const clock = clockAt();
    await all.agree(aPlan('narrow', { rate: 90, burst: 90, concurrency: 3 }));
    const [a, b] = [await all.start(clock), await all.start(clock)];
    const running = Array.from({ length: 3 }, () => aCall({ client_id: 'narrow' }));
    for (const [n, call] of running.entries()) expect(await (n % 2 ? a : b).call('narrow', call)).toBeUndefined();
    expect(await a.call('narrow')).toMatchObject({ code: 'plan-concurrency', retryAfterMs: 1_000 });
    running[0].close();
    await eventually(async () => (await a.call('narrow', aCall({ client_id: 'narrow' }))) === undefined);
    expect(await b.call('narrow')).toMatchObject({ code: 'plan-concurrency' });
  });

  it('are free at once for a caller who was gone before the answer of the ledger', async () => {
    const clock = clockAt();
    await all.agree(aPlan('narrow', { rate: 90, burst: 90, concurrency: 1 }));
    const replica = await all.start(clock);
    const gone = aCall({ client_id: 'narrow' });
    gone.close();
    expect(await replica.call('narrow', gone)).toBeUndefined();
    expect(await replica.call('narrow')).toBeUndefined();
  });

  it('of a replica that died are free when its lease ends, and a living one renews its own', async () => {
    const clock = clockAt();
    await all.agree(aPlan('narrow', { rate: 600, burst: 90, concurrency: 4 }));
    const [dies, lives] = [await all.start(clockAt()), await all.start(clock)];
    for (let n = 0; n < 2; n++) await dies.call('narrow');
    for (let n = 0; n < 2; n++) await lives.call('narrow', aCall({ client_id: 'narrow' }));
    expect(await lives.call('narrow')).toMatchObject({ code: 'plan-concurrency' });
    for (let n = 0; n < 12; n++) {
      clock.advance(1_000);
      await lives.budgets.settled();
    }
    expect(await lives.passed('narrow', 9)).toBe(2);
  });

  it('are not limited where the plan says nothing of them', async () => {
    const clock = clockAt();
    await all.agree(aPlan('wide'));
    const replica = await all.start(clock);
    expect(await replica.passed('wide', 20)).toBe(20);
  });
});

describe('Postgres away', () => {
  it('leaves each replica its share of what was left, and makes nobody wait', async () => {
    const clock = clockAt();
    await all.agree(aPlan('held', { rate: 40, burst: 40 }));
    const [a, b] = [await all.start(clock), await all.start(clock)];
    expect([await a.passed('held', 4), await b.passed('held', 4), await a.passed('held', 2)]).toEqual([4, 4, 2]);
    const { back } = await all.away();
    // b was answered last when 32 were left, so a's two calls since then are not in its half of them
    expect(await Promise.all([a.passed('held', 60), b.passed('held', 60)])).toEqual([14, 16]);
    // the plan that was known last holds
    expect(await a.call('held')).toMatchObject({ code: 'plan-rate' });
    clock.advance(MINUTE + LONGER);
    expect([await a.passed('held', 60), await b.passed('held', 60)]).toEqual([20, 20]);

    await back();
    clock.advance(1_000);
    await Promise.all([a.budgets.settled(), b.budgets.settled()]);
    // what was used meanwhile is reported, so nothing is left
    expect((await a.passed('held', 60)) + (await b.passed('held', 60))).toBe(0);
  });

  it('is no outage of a consumer that was never seen, nor of one with more replicas than calls', async () => {
    const clock = clockAt();
    await all.agree(aPlan('tiny', { rate: 1, burst: 1 }));
    const replicas = [await all.start(clock), await all.start(clock), await all.start(clock)];
    const { back } = await all.away();
    expect(await Promise.all(replicas.map(replica => replica.passed('tiny', 3)))).toEqual([1, 1, 1]);
    await back();
  });
});
