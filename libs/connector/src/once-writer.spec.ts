import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Clock, Lease } from '#persistence';
import { configureLog } from '#service';
import { built, eventually, ManualClock, problemOf, testDatabase, type TestDatabase } from '#testing';
import { Attempts } from './attempts.js';
import type { Connector } from './connector.js';
import { connectorMigrations } from './connector.migrations.js';
import { KeyLeases, type Leases } from './key-leases.js';
import { persist, type ChildOrder } from './once-child.fixture.js';
import type { OnceParts } from './once-kinds.js';
import { OnceWriter } from './once-writer.js';
import { things, tinyConnector } from './tiny-client.fixture.js';
import { type RunningTinyVendor, startTinyVendor } from './tiny-vendor.fixture.js';

const SETTLING_MS = 1_000;
const LEASE_MS = 1_000;

let database: TestDatabase;
let vendor: RunningTinyVendor;
let connector: Connector;
let client: ReturnType<typeof things>;
let program: string;
const children: ChildProcess[] = [];

beforeAll(async () => {
  configureLog({ logLevel: 'fatal' });
  database = await testDatabase({ migrations: connectorMigrations, poolSize: 20 });
  program = join(await built(), 'libs/connector/src/once-child.fixture.js');
}, 120_000);
afterAll(() => database.close());
beforeEach(async () => {
  vendor = await startTinyVendor();
  connector = tinyConnector(database.dataSource, vendor.url, { concurrency: 20 });
  client = things(connector);
});
afterEach(async () => {
  for (const child of children.splice(0)) if (child.exitCode === null) child.kill('SIGKILL');
  await connector.close();
  await vendor.close();
  await database.dataSource.query('truncate connector.write_key, connector.attempt, connector.in_use, connector.duplicate, connector.permit');
});

function writer(parts: Partial<OnceParts> = {}, o: { patienceMs?: number; clock?: Clock } = {}): OnceWriter {
  return new OnceWriter(
    database.dataSource,
    { system: 'tiny', account: 'one', settlingMs: SETTLING_MS, leaseMs: LEASE_MS, patienceMs: o.patienceMs ?? 50, clock: o.clock },
    client.kinds,
    parts,
  );
}

/** Time goes on for the holder of a key, which is renewed meanwhile. */
async function passes(clock: ManualClock, ms: number, key: string): Promise<void> {
  const until = async () => {
    const [row] = await database.dataSource.query<{ until: string }[]>('select lease_until::text until from connector.write_key where key = $1', [
      key,
    ]);
    return row.until;
  };
  for (let past = 0; past < ms; past += LEASE_MS / 3) {
    const before = await until();
    clock.advance(LEASE_MS / 3);
    await eventually(async () => (await until()) > before);
  }
}

const make = (ref: string) => async () => (await client.create([{ ref }]))[0];
const makeUnique = (ref: string) => () => client.createUnique(ref);
const loseUnique = (action: Parameters<typeof vendor.onWrite>[0]) =>
  vendor.faults.plan({ match: { vendor: 'kantata', kind: 'write', type: 'unique' }, nth: 1, action });
const ensure = (by: OnceWriter, ref: string) => persist(() => by.ensure('thing', ref, 'h', make(ref)));
const attempts = () =>
  database.dataSource.query<{ state: string; settled: boolean }[]>('select state, settled_at is not null settled from connector.attempt order by id');
const duplicates = () =>
  database.dataSource.query<{ key: string; kept: string; retired: string; done: boolean }[]>(
    'select key, kept, retired, retired_at is not null done from connector.duplicate order by retired',
  );

function start(order: Pick<ChildOrder, 'keys' | 'dies'>): { child: ChildProcess; ids: Map<string, string>; ended: Promise<unknown> } {
  const full: ChildOrder = { databaseUrl: database.url, vendorUrl: vendor.url, settlingMs: SETTLING_MS, leaseMs: LEASE_MS, ...order };
  const child = fork(program, { execArgv: [], env: { ...process.env, ONCE_CHILD: JSON.stringify(full) } });
  children.push(child);
  const ids = new Map<string, string>();
  child.on('message', (message: { key: string; id: string }) => ids.set(message.key, message.id));
  return { child, ids, ended: once(child, 'exit') };
}

/** Nobody waits for the answer of an attempt any more. */
const quiet = (by: OnceWriter) =>
  eventually(async () => {
    await by.lookAgain();
    return (await attempts()).every(({ settled }) => settled);
  });

describe('a vendor with nothing but look-up', () => {
  it('gets a record made once, and asked again answers the same', async () => {
    const { id } = await ensure(writer(), 'a');
    expect((await ensure(writer(), 'a')).id).toBe(id);
    expect(vendor.all('a')).toHaveLength(1);
    expect(await attempts()).toEqual([{ state: 'answered', settled: true }]);
  });

  it('has its own record adopted although it is archived', async () => {
    vendor.vendor.handle({
      method: 'POST',
      path: '/things',
      query: new URLSearchParams(),
      headers: { authorization: 'Bearer token-1' },
      body: '{"ref":"a"}',
      baseUrl: '',
    });
    await client.archive(vendor.all('a')[0].id);
    expect(await ensure(writer(), 'a')).toMatchObject({ id: '100', archived: true });
    expect(vendor.all('a')).toHaveLength(1);
  });

  it('has one record when the answer is lost after the write', async () => {
    vendor.onWrite({ do: 'lose-answer' });
    const by = writer();
    expect(await problemOf(by.ensure('thing', 'a', 'h', make('a')))).toMatchObject({ code: 'outcome-unknown' });
    expect((await ensure(by, 'a')).id).toBe(vendor.all('a')[0].id);
    await quiet(by);
    expect(vendor.all('a')).toHaveLength(1);
  });

  it("has one record when the first create commits after the retry's look-up", async () => {
    vendor.onWrite({ do: 'late-commit', ms: 400 });
    const by = writer();
    expect(await problemOf(by.ensure('thing', 'a', 'h', make('a')))).toMatchObject({ code: 'outcome-unknown' });
    const problem = await problemOf(by.ensure('thing', 'a', 'h', make('a')));
    expect(problem).toMatchObject({ kind: 'vendor-unavailable', code: 'unsettled', retryable: true });
    expect(problem.retryAfterMs).toBeGreaterThan(300);
    expect(vendor.all('a')).toHaveLength(0);
    await ensure(by, 'a');
    await quiet(by);
    expect(vendor.all('a')).toHaveLength(1);
    expect(vendor.calls()).not.toHaveProperty('write things create 201');
  });

  it('waits the settling out itself when its patience is long enough', async () => {
    vendor.onWrite({ do: 'late-commit', ms: 500 });
    const by = writer({}, { patienceMs: 5_000 });
    await problemOf(by.ensure('thing', 'a', 'h', make('a')));
    await by.ensure('thing', 'a', 'h', make('a'));
    expect(vendor.all('a')).toHaveLength(1);
  });

  it('creates at once after a refusal or a 429: there is nothing to wait for', async () => {
    const by = writer();
    vendor.onWrite({ do: 'throttle', retryAfterSeconds: 0 });
    expect(await problemOf(by.ensure('thing', 'a', 'h', make('a')))).toMatchObject({ kind: 'rate-limited' });
    const before = performance.now();
    await by.ensure('thing', 'a', 'h', make('a'));
    expect(performance.now() - before).toBeLessThan(SETTLING_MS / 2);
    expect(await attempts()).toEqual([
      { state: 'refused', settled: true },
      { state: 'answered', settled: true },
    ]);
  });

  it('has a late commit found by the watch, retired and recorded; the record in use stays', async () => {
    // It commits later than the vendor folder said a write can.
    vendor.onWrite({ do: 'late-commit', ms: SETTLING_MS + 300 });
    const by = writer();
    await problemOf(by.ensure('thing', 'a', 'h', make('a')));
    const { id } = await ensure(by, 'a');
    const watch = by.watch(50);
    await eventually(async () => (await duplicates()).some(({ done }) => done));
    await watch.stop();
    const [other] = vendor.all('a').filter(thing => thing.id !== id);
    expect(vendor.live('a').map(thing => thing.id)).toEqual([id]);
    expect(await duplicates()).toEqual([{ key: 'a', kept: id, retired: other.id, done: true }]);
  });

  it('never answers a retired record, even when it is the lowest or is the only one found', async () => {
    const by = writer();
    const { id } = await ensure(by, 'a');
    const [late] = await client.create([{ ref: 'a' }]);
    expect((await ensure(by, 'a')).id).toBe(id);
    expect(vendor.live('a').map(thing => thing.id)).toEqual([id]);
    // Somebody reactivates the retired one and moves the other away.
    await connector.send({ operation: 'x', kind: 'write', method: 'PUT', path: `/things/${late.id}`, body: { archived: false } });
    await connector.send({ operation: 'x', kind: 'write', method: 'PUT', path: `/things/${id}`, body: { ref: 'elsewhere' } });
    const third = await ensure(by, 'a');
    expect([id, late.id]).not.toContain(third.id);
    expect(vendor.live('a').map(thing => thing.id)).toEqual([third.id]);
  });

  it('finishes retiring a duplicate when the first try failed', async () => {
    const by = writer();
    const { id } = await ensure(by, 'a');
    await client.create([{ ref: 'a' }]);
    vendor.faults.plan({ match: { vendor: 'kantata', kind: 'write', operation: 'update' }, nth: 1, action: { do: 'error', status: 503 } });
    expect(await problemOf(by.ensure('thing', 'a', 'h', make('a')))).toMatchObject({ kind: 'vendor-unavailable' });
    expect((await duplicates())[0].done).toBe(false);
    expect((await ensure(by, 'a')).id).toBe(id);
    expect(vendor.live('a')).toHaveLength(1);
    expect((await duplicates())[0].done).toBe(true);
  });

  it('does not trust the absence of a record that was just put to use', async () => {
    const by = writer();
    const { id } = await ensure(by, 'a');
    const thing = vendor.vendor.things;
    const hidden = thing.all;
    expect(hidden).toBeTypeOf('function');
    // The vendor's list lags behind.
    const handle = vendor.vendor.handle.bind(vendor.vendor);
    vendor.vendor.handle = request => (request.method === 'GET' ? { status: 200, body: [] } : handle(request));
    expect(await problemOf(by.ensure('thing', 'a', 'h', make('a')))).toMatchObject({ code: 'unsettled' });
    vendor.vendor.handle = handle;
    expect((await ensure(by, 'a')).id).toBe(id);
    expect(vendor.all('a')).toHaveLength(1);
  });

  it('sends nothing on a lease that ran out while the process stood still just before', async () => {
    const clock = new ManualClock();
    const by = writer({}, { clock });
    const late = async () => {
      clock.freeze(LEASE_MS);
      return make('a')();
    };
    expect(await problemOf(by.ensure('thing', 'a', 'h', late))).toMatchObject({ kind: 'vendor-unavailable', code: 'lease-lost', retryable: true });
    expect(vendor.all('a')).toHaveLength(0);
    expect(await attempts()).toEqual([{ state: 'refused', settled: true }]);
    await by.ensure('thing', 'a', 'h', make('a'));
    expect(vendor.all('a')).toHaveLength(1);
  });

  it('takes as long over a create as it needs: the key stays ours', async () => {
    const clock = new ManualClock();
    const by = writer({}, { clock });
    const slow = async () => {
      await passes(clock, 2 * LEASE_MS, 'thing:a');
      expect(await problemOf(writer().ensure('thing', 'a', 'h', make('a')))).toMatchObject({ code: 'key-leased' });
      return make('a')();
    };
    await by.ensure('thing', 'a', 'h', slow);
    expect(vendor.all('a')).toHaveLength(1);
  });

  it('serves two callers of one process one after the other, on one create', async () => {
    const by = writer({}, { patienceMs: 5_000 });
    const ids = await Promise.all(Array.from({ length: 8 }, () => by.ensure('thing', 'a', 'h', make('a')).then(found => found.id)));
    expect(new Set(ids).size).toBe(1);
    expect(vendor.all('a')).toHaveLength(1);
  });
});

describe('processes', () => {
  it('race for the same keys and make each once', async () => {
    const keys = Array.from({ length: 20 }, (_, i) => `k${i}`);
    const two = [start({ keys }), start({ keys: [...keys].reverse() })];
    await Promise.all(two.map(({ ended }) => ended));
    expect(two[0].ids.size).toBe(20);
    expect(Object.fromEntries(two[1].ids)).toEqual(Object.fromEntries(two[0].ids));
    for (const key of keys) expect(vendor.all(key)).toHaveLength(1);
  });

  it('find what one left that was killed between its answer and the note of it', async () => {
    const { child, ended } = start({ keys: ['a'], dies: 'after-answer' });
    await ended;
    expect(child.signalCode).toBe('SIGKILL');
    expect(vendor.all('a')).toHaveLength(1);
    expect(await attempts()).toEqual([{ state: 'sent', settled: false }]);
    const by = writer();
    await ensure(by, 'a');
    await quiet(by);
    expect(vendor.all('a')).toHaveLength(1);
  });

  it('create when one was killed between noting the attempt and sending it, after the settling', async () => {
    const { child, ended } = start({ keys: ['a'], dies: 'before-send' });
    await ended;
    expect(child.signalCode).toBe('SIGKILL');
    expect(await attempts()).toEqual([{ state: 'sent', settled: false }]);
    const by = writer();
    const before = performance.now();
    await ensure(by, 'a');
    expect(performance.now() - before).toBeGreaterThan(SETTLING_MS);
    expect(vendor.all('a')).toHaveLength(1);
  });

  it('are killed by the vendor before or after its commit, and another makes or finds the one record', async () => {
    for (const when of ['before', 'after'] as const) {
      const key = `killed-${when}`;
      const { child, ended } = start({ keys: [key] });
      vendor.faults.plan({ match: { vendor: 'kantata', kind: 'write', body: key }, nth: 1, action: { do: 'kill', pid: child.pid!, when } });
      await ended;
      expect(child.signalCode).toBe('SIGKILL');
      const by = writer();
      await ensure(by, key);
      await quiet(by);
      expect(vendor.all(key)).toHaveLength(1);
    }
  });

  it('agree on one record when one is frozen in mid-create past its lease and thaws', async () => {
    const { child, ids, ended } = start({ keys: ['a'] });
    vendor.onWrite({ do: 'freeze', pid: child.pid!, ms: LEASE_MS + 2_500 });
    await eventually(() => vendor.all('a').length === 1);
    const by = writer();
    const { id } = await ensure(by, 'a');
    await ended;
    expect(ids.get('a')).toBe(id);
    await quiet(by);
    expect(vendor.live('a').map(thing => thing.id)).toEqual([id]);
  });

  it('agree on one record when the frozen one sends only after it has thawed', async () => {
    const { child, ids, ended } = start({ keys: ['a'] });
    // Frozen at its first look-up, with the lease in hand and nothing sent.
    vendor.onRead({ do: 'freeze', pid: child.pid!, ms: LEASE_MS + 1_000 });
    await eventually(async () => (await database.dataSource.query('select 1 from connector.write_key')).length === 1);
    const by = writer();
    const { id } = await ensure(by, 'a');
    await ended;
    expect(ids.get('a')).toBe(id);
    expect(vendor.all('a').map(thing => thing.id)).toEqual([id]);
  });
});

describe('a set below one parent', () => {
  const wanted = ['x', 'y', 'z'].map(key => ({ key }));
  const createAll = async (missing: { key: string }[]) =>
    (await client.create(missing.map(({ key }) => ({ ref: key, parent: 'p' })))).map(made => ({ ...made, key: made.ref }));
  const ensureAll = (by: OnceWriter) => by.ensureAll('child', 'p', wanted, createAll);

  it('is made in one write, with one look before and one after', async () => {
    const made = await ensureAll(writer());
    expect(made.map(({ key }) => key)).toEqual(['x', 'y', 'z']);
    expect(vendor.calls()).toEqual({ 'read things list 200': 2, 'write things create 201': 1 });
    expect(await ensureAll(writer())).toEqual(made);
    expect(vendor.calls()).toEqual({ 'read things list 200': 3, 'write things create 201': 1 });
  });

  it('is completed when part of it is there', async () => {
    await client.create([{ ref: 'y', parent: 'p' }]);
    await ensureAll(writer());
    for (const { key } of wanted) expect(vendor.all(key)).toHaveLength(1);
  });

  it('has each member once when the answer is lost, and when it commits late', async () => {
    vendor.onWrite({ do: 'late-commit', ms: 600 });
    const by = writer();
    await problemOf(ensureAll(by));
    await persist(() => ensureAll(by));
    await quiet(by);
    for (const { key } of wanted) expect(vendor.all(key)).toHaveLength(1);
  });

  it('has a second set that came late retired, member by member', async () => {
    const by = writer();
    const made = await ensureAll(by);
    await createAll(wanted);
    expect((await ensureAll(by)).map(({ id }) => id)).toEqual(made.map(({ id }) => id));
    for (const { key } of wanted) expect(vendor.live(key)).toHaveLength(1);
    expect(await duplicates()).toHaveLength(3);
  });
});

describe('a write by key', () => {
  const put = (name: string) => () => connector.send({ operation: 'put-named', kind: 'write', method: 'PUT', path: '/named/n', body: { name } });
  const loseFirst = (action: Parameters<typeof vendor.onWrite>[0]) =>
    vendor.faults.plan({ match: { vendor: 'kantata', kind: 'write', type: 'named' }, nth: 1, action });

  it('may be sent again at once with the same content', async () => {
    loseFirst({ do: 'lose-answer' });
    const by = writer();
    expect(await problemOf(by.write('n', 'h1', put('one')))).toMatchObject({ code: 'outcome-unknown' });
    await expect(by.write('n', 'h1', put('one'))).resolves.toMatchObject({ status: 200 });
  });

  it('does not let older content that commits late go over newer', async () => {
    loseFirst({ do: 'late-commit', ms: 400 });
    const by = writer();
    await problemOf(by.write('n', 'h1', put('one')));
    await by.write('n', 'h1', put('one'));
    expect(await problemOf(by.write('n', 'h2', put('two')))).toMatchObject({ code: 'unsettled', retryable: true });
    await persist(() => by.write('n', 'h2', put('two')));
    expect(vendor.vendor.named.get('n')).toMatchObject({ name: 'two' });
    expect(vendor.ledger.rows().map(row => (row.after as { name: string }).name)).toEqual(['one', 'one', 'two']);
  });

  it('would go over newer content if the settling were not waited out (negative control)', async () => {
    loseFirst({ do: 'late-commit', ms: 300 });
    const by = writer({ attempts: hasty() });
    await problemOf(by.write('n', 'h1', put('one')));
    await by.write('n', 'h2', put('two'));
    await eventually(() => vendor.ledger.rows().length === 2);
    expect(vendor.vendor.named.get('n')).toMatchObject({ name: 'one' });
  });

  it('leaves nobody else on the key while `alone` works, and nothing leaves after the key was lost', async () => {
    const clock = new ManualClock();
    const by = writer({}, { clock });
    const order: string[] = [];
    const other = writer();
    await by.exclusively('k', async () => {
      order.push('first');
      await by.write('n', 'h1', put('one'));
      await passes(clock, LEASE_MS, 'alone:k'); // it is renewed
      expect(await problemOf(other.exclusively('k', async () => order.push('other')))).toMatchObject({ code: 'key-leased', retryable: true });
      await by.write('n', 'h2', put('two'));
      order.push('first done');
    });
    await other.exclusively('k', async () => order.push('other'));
    expect(order).toEqual(['first', 'first done', 'other']);
    const stolen = by.exclusively('k', async () => {
      await database.dataSource.query(`update connector.write_key set owner = gen_random_uuid(), fence = fence + 1 where key = 'alone:k'`);
      clock.advance(LEASE_MS);
      await by.write('n', 'h3', put('three'));
    });
    expect(await problemOf(stolen)).toMatchObject({ code: 'lease-lost', retryable: true });
    expect(vendor.vendor.named.get('n')).toMatchObject({ name: 'two' });
  });
});

/** Attempts that nobody waits for. */
function hasty(): Attempts {
  return Object.assign(new Attempts(database.dataSource, 'tiny', 'one', SETTLING_MS), { unsettledMs: async () => 0 });
}

/** Leases that everybody gets. */
function anybody(): Leases {
  const real = new KeyLeases(database.dataSource, 'tiny', 'one', LEASE_MS, 50);
  return {
    take: key => real.take(`${key}#${randomUUID()}`),
    give: (lease: Lease) => real.give(lease),
    renew: (lease: Lease) => real.renew(lease),
    hold: async () => {},
  };
}

describe('left out, a part is missed (negative controls)', () => {
  it('without the settling wait and the second look a late commit leaves two live records', async () => {
    vendor.onWrite({ do: 'late-commit', ms: 300 });
    const by = writer({ attempts: hasty(), looksAgain: false });
    await problemOf(by.ensure('thing', 'a', 'h', make('a')));
    await by.ensure('thing', 'a', 'h', make('a'));
    await eventually(() => vendor.all('a').length === 2);
    expect(vendor.live('a')).toHaveLength(2);
  });

  it('without the settling wait alone a second record is made, and is live until the watch comes by', async () => {
    vendor.onWrite({ do: 'late-commit', ms: 300 });
    const by = writer({ attempts: hasty() });
    await problemOf(by.ensure('thing', 'a', 'h', make('a')));
    await by.ensure('thing', 'a', 'h', make('a'));
    await eventually(() => vendor.all('a').length === 2);
    expect(vendor.live('a')).toHaveLength(2);
  });

  it('without the second look alone a commit that comes between the looks leaves two live records; with it one', async () => {
    for (const looksAgain of [false, true]) {
      const key = `between-${looksAgain}`;
      const match = { vendor: 'kantata' as const, kind: 'write' as const, body: key };
      vendor.faults.plan({ match, nth: 1, action: { do: 'late-commit', ms: 300 } });
      vendor.faults.plan({ match, nth: 2, action: { do: 'latency', ms: 700 } });
      const by = writer({ attempts: hasty(), looksAgain });
      await problemOf(by.ensure('thing', key, 'h', make(key)));
      await by.ensure('thing', key, 'h', make(key));
      expect(vendor.all(key)).toHaveLength(2);
      expect(vendor.live(key)).toHaveLength(looksAgain ? 1 : 2);
    }
  });

  it('without the lease two callers make two records, live when nobody looks again', async () => {
    for (const looksAgain of [false, true]) {
      const key = `unleased-${looksAgain}`;
      vendor.faults.plan({ match: { vendor: 'kantata', kind: 'write', body: key }, nth: [1, 2], action: { do: 'latency', ms: 200 } });
      const two = [writer({ leases: anybody(), attempts: hasty(), looksAgain }), writer({ leases: anybody(), attempts: hasty(), looksAgain })];
      await Promise.all(two.map(by => by.ensure('thing', key, 'h', make(key))));
      expect(vendor.all(key)).toHaveLength(2);
      expect(vendor.live(key)).toHaveLength(looksAgain ? 1 : 2);
    }
  });
});

describe('a vendor with unique keys', () => {
  it('needs no wait: a first create that commits late is refused, and the retry made the one', async () => {
    loseUnique({ do: 'late-commit', ms: 400 });
    const by = writer();
    expect(await problemOf(by.ensure('unique', 'a', 'h', makeUnique('a')))).toMatchObject({ code: 'outcome-unknown' });
    const { id } = await by.ensure('unique', 'a', 'h', makeUnique('a'));
    await eventually(() => vendor.vendor.taken.length === 1);
    expect(vendor.all('a').map(thing => thing.id)).toEqual([id]);
  });

  it('answers the one that it has when the answer to the create was lost', async () => {
    loseUnique({ do: 'lose-answer' });
    const by = writer();
    expect(await problemOf(by.ensure('unique', 'a', 'h', makeUnique('a')))).toMatchObject({ code: 'outcome-unknown' });
    expect((await by.ensure('unique', 'a', 'h', makeUnique('a'))).id).toBe(vendor.all('a')[0].id);
    expect(await attempts()).toEqual([]);
  });

  it('gives two callers at once the same record', async () => {
    const made = await Promise.all([writer(), writer()].map(by => by.ensure('unique', 'a', 'h', makeUnique('a'))));
    expect(new Set(made.map(({ id }) => id))).toEqual(new Set([vendor.all('a')[0].id]));
    expect(vendor.all('a')).toHaveLength(1);
  });

  it('passes on what is refused for another reason', async () => {
    expect(await problemOf(writer().ensure('unique', 'a', 'h', makeUnique('')))).toMatchObject({ kind: 'refused-by-vendor' });
  });
});
