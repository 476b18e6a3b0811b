import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { configureLog } from '#service';
import { built, eventually, testDatabase, type TestDatabase } from '#testing';
import { connectorMigrations } from './connector.migrations.js';
import type { GateOrder } from './gate-child.fixture.js';
import { fairShare, QuotaGate } from './quota-gate.js';
import { startTinyVendor } from './tiny-vendor.fixture.js';

let database: TestDatabase;
const gates: QuotaGate[] = [];
const children: ChildProcess[] = [];

beforeAll(async () => {
  configureLog({ logLevel: 'fatal' });
  database = await testDatabase({ migrations: connectorMigrations });
});
afterAll(() => database.close());
afterEach(async () => {
  for (const child of children.splice(0)) if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
  for (const gate of gates.splice(0)) await gate.stop();
  await database.dataSource.query('truncate connector.permit');
});

function gate(limit: number, o: { leaseMs?: number; account?: string } = {}): QuotaGate {
  const made = new QuotaGate({ dataSource: database.dataSource, vendor: 'tiny', account: o.account ?? 'one', limit, leaseMs: o.leaseMs });
  gates.push(made);
  return made;
}

const soon = (ms: number) => performance.now() + ms;
const held = async () =>
  Number(
    (
      await database.dataSource.query<{ n: string }[]>('select coalesce(sum(held), 0) n from connector.permit where lease_until > clock_timestamp()')
    )[0].n,
  );

/** Calls that take `ms` each, through gates in turn; answers the most that ran at once, in all and per gate. */
async function load(through: QuotaGate[], calls: number, ms: number) {
  const running = through.map(() => 0);
  const most = through.map(() => 0);
  let mostInAll = 0;
  await Promise.all(
    Array.from({ length: calls }, async (_, i) => {
      const at = i % through.length;
      const leave = await through[at].enter(soon(20_000));
      running[at]++;
      most[at] = Math.max(most[at], running[at]);
      mostInAll = Math.max(
        mostInAll,
        running.reduce((a, b) => a + b),
      );
      await new Promise(resolve => setTimeout(resolve, ms));
      running[at]--;
      leave();
    }),
  );
  return { mostInAll, most };
}

describe('the quota gate', () => {
  it('lets two gates together run no more than the limit, and both make headway', async () => {
    const { mostInAll, most } = await load([gate(6), gate(6)], 120, 20);
    expect(mostInAll).toBeGreaterThan(3);
    expect(mostInAll).toBeLessThanOrEqual(6);
    expect(Math.min(...most)).toBeGreaterThan(0);
  });

  it('gives one gate the whole limit when the other wants nothing', async () => {
    gate(6);
    expect((await load([gate(6)], 60, 10)).mostInAll).toBe(6);
  });

  it('takes turns when there are fewer permits than gates', async () => {
    const { mostInAll, most } = await load([gate(1), gate(1), gate(1)], 9, 20);
    expect(mostInAll).toBe(1);
    expect(most).toEqual([1, 1, 1]);
  });

  it('costs Postgres nothing per call once its permits are leased', async () => {
    const one = gate(4);
    await load([one], 4, 5);
    let queries = 0;
    const query = database.dataSource.createQueryRunner.bind(database.dataSource);
    database.dataSource.createQueryRunner = mode => {
      queries++;
      return query(mode);
    };
    try {
      await load([one], 400, 1);
    } finally {
      database.dataSource.createQueryRunner = query;
    }
    expect(queries).toBeLessThan(10);
  });

  it('keeps accounts apart', async () => {
    const leave = await gate(1).enter(soon(1_000));
    await expect(gate(1, { account: 'two' }).enter(soon(1_000))).resolves.toBeTypeOf('function');
    leave();
  });

  it('gives permits of a dead gate to others after the lease', async () => {
    const dead = gate(2);
    await dead.enter(soon(1_000));
    await dead.enter(soon(1_000));
    // It stops renewing as a killed process does.
    Object.assign(dead, { stop: async () => {} });
    (dead as unknown as { options: { dataSource: unknown } }).options.dataSource = { isInitialized: false };
    const other = gate(2);
    await expect(other.enter(soon(100))).rejects.toMatchObject({ kind: 'rate-limited', code: 'not-made' });
    await database.dataSource.query(`update connector.permit set lease_until = clock_timestamp()`);
    const leave = await other.enter(soon(3_000));
    leave();
  });

  it('starts no call on a lease that it could not renew', async () => {
    const frozen = gate(2, { leaseMs: 400 });
    (await frozen.enter(soon(1_000)))();
    (frozen as unknown as { options: { dataSource: unknown } }).options.dataSource = {
      transaction: async () => Promise.reject(new Error('Postgres is away')),
      isInitialized: false,
    };
    await eventually(async () => (await held()) === 0);
    await expect(frozen.enter(soon(100))).rejects.toMatchObject({ code: 'not-made' });
  });

  it('gives everything back when nothing is asked for a while, and when it stops', async () => {
    const one = gate(4);
    (await one.enter(soon(1_000)))();
    expect(await held()).toBeGreaterThan(0);
    await eventually(async () => (await held()) === 0);
    (await one.enter(soon(1_000)))();
    await one.stop();
    expect(await held()).toBe(0);
  });

  it('pauses all gates for as long as the vendor asks', async () => {
    const [one, two] = [gate(4), gate(4)];
    (await one.enter(soon(1_000)))();
    one.pause(700);
    await eventually(
      async () => (await database.dataSource.query('select 1 from connector.permit where paused_until > clock_timestamp()')).length > 0,
    );
    const before = performance.now();
    (await two.enter(soon(3_000)))();
    expect(performance.now() - before).toBeGreaterThan(400);
    one.pause(60_000);
    await expect(one.enter(soon(1_000))).rejects.toMatchObject({ kind: 'rate-limited', code: 'not-made' });
  });

  it('keeps two processes together under the limit of the vendor, which would answer 429', async () => {
    const program = join(await built(), 'libs/connector/src/gate-child.fixture.js');
    const vendor = await startTinyVendor({ concurrency: 5, latencyMs: 15 });
    const order: GateOrder = { databaseUrl: database.url, vendorUrl: vendor.url, calls: 200, limit: 5 };
    const two = [0, 1].map(() => fork(program, { execArgv: [], env: { ...process.env, GATE_CHILD: JSON.stringify(order) } }));
    children.push(...two);
    await Promise.all(two.map(child => once(child, 'message')));
    const ended = two.map(child => once(child, 'exit'));
    for (const child of two) child.send('go');
    await Promise.all(ended);
    expect(vendor.calls()).toEqual({ 'read things list 200': 400 });
    await vendor.close();
  }, 120_000);
});

describe('the fair share', () => {
  const gateList = fc.array(fc.nat(40), { minLength: 1, maxLength: 8 }).map(wants => wants.map((wanted, i) => ({ gate: `g${i}`, wanted })));

  it('never gives more than there is or is wanted, leaves nothing that is wanted, and differs by one at most among the hungry', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), gateList, fc.nat(100), (limit, list, turn) => {
        const share = fairShare(limit, list, turn);
        const given = [...share.values()].reduce((a, b) => a + b, 0);
        expect(given).toBe(
          Math.min(
            limit,
            list.reduce((sum, { wanted }) => sum + wanted, 0),
          ),
        );
        for (const { gate: name, wanted } of list) expect(share.get(name)!).toBeLessThanOrEqual(wanted);
        const hungry = list.filter(({ gate: name, wanted }) => share.get(name)! < wanted).map(({ gate: name }) => share.get(name)!);
        if (hungry.length > 0) expect(Math.max(...share.values()) - Math.min(...hungry)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('goes round when it does not divide', () => {
    const list = [
      { gate: 'a', wanted: 1 },
      { gate: 'b', wanted: 1 },
    ];
    expect([0, 1].map(turn => [...fairShare(1, list, turn).entries()].find(([, n]) => n === 1)![0])).toEqual(['a', 'b']);
  });
});
