import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Problem } from '#canonical';
import { configureLog } from '#service';
import { built, eventually, ManualClock, problemOf, testDatabase, type TestDatabase } from '#testing';
import type { BatchChildOrder } from './batch-child.fixture.js';
import { Batches } from './batch-log.js';
import { type BatchParts, BatchWriter } from './batch-writer.js';
import type { Connector } from './connector.js';
import { connectorMigrations } from './connector.migrations.js';
import { type TinyBatch, tinyBatch, type TinyOutcome, tinyRemoval, untilDone } from './tiny-batch.fixture.js';
import { things, tinyConnector } from './tiny-client.fixture.js';
import { type RunningTinyVendor, startTinyVendor } from './tiny-vendor.fixture.js';

const SETTLING_MS = 1_000;
const LEASE_MS = 1_000;
const REFS = ['a', 'b', 'c'];
const WITHIN_MS = 5_000;

let database: TestDatabase;
let vendor: RunningTinyVendor;
let connector: Connector;
let client: ReturnType<typeof things>;
let program: string;
const children: ChildProcess[] = [];

beforeAll(async () => {
  configureLog({ logLevel: 'fatal' });
  database = await testDatabase({ migrations: connectorMigrations, poolSize: 20 });
  program = join(await built(), 'libs/connector/src/batch-child.fixture.js');
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
  await database.dataSource.query('truncate connector.batch, connector.permit');
});

const OPTIONS = { system: 'tiny', account: 'one', settlingMs: SETTLING_MS, leaseMs: LEASE_MS };
const writer = (parts: Partial<BatchParts> = {}) => new BatchWriter(database.dataSource, OPTIONS, parts);
const aBatch = (refs = REFS, over: Partial<TinyBatch> = {}) => tinyBatch(client, randomUUID(), refs, over);
const there = ({ id }: { id: string }) =>
  vendor.vendor.things
    .all()
    .filter(({ parent, archived }) => parent === id && !archived)
    .map(({ ref }) => ref)
    .sort();
const made = (refs = REFS): TinyOutcome[] => refs.map(ref => ({ ref, result: 'made', times: 1 }));
const ROW = 'select cardinality(sent_at) attempts, jobs, done from connector.batch where id = $1';
const row = async ({ id }: { id: string }) => (await database.dataSource.query<{ attempts: number; jobs: string[]; done: boolean }[]>(ROW, [id]))[0];
const unavailable = () => new Problem('vendor-unavailable', 'tiny is away');

async function closedPort(): Promise<string> {
  const gone = await startTinyVendor();
  await gone.close();
  return gone.url;
}

function start(order: Pick<BatchChildOrder, 'id' | 'dies'>): { child: ChildProcess; outcomes: Promise<TinyOutcome[]>; ended: Promise<unknown> } {
  const full: BatchChildOrder = {
    databaseUrl: database.url,
    vendorUrl: vendor.url,
    refs: REFS,
    settlingMs: SETTLING_MS,
    leaseMs: LEASE_MS,
    ...order,
  };
  const child = fork(program, { execArgv: [], env: { ...process.env, BATCH_CHILD: JSON.stringify(full) } });
  children.push(child);
  const outcomes = once(child, 'message').then(([told]) => told as TinyOutcome[]);
  return { child, outcomes, ended: once(child, 'exit') };
}

describe('a batch', () => {
  it('is sent once, in one submission and one look, and asked for again answers the same with no call', async () => {
    const batch = aBatch();
    const done = { state: 'done', outcomes: made() };
    expect(await writer().put(batch, WITHIN_MS)).toEqual(done);
    const calls = vendor.calls();
    expect(calls).toEqual({ 'write things create 201': 1, 'read things list 200': 2 });
    expect(await writer().put(batch, WITHIN_MS)).toEqual(done);
    expect(vendor.calls()).toEqual(calls);
    expect(await writer().read(batch.id)).toMatchObject({ done: true, outcomes: made(), legalEntities: ['LF-UK'], attempts: 1 });
  });

  it('is refused with other content under the same id', async () => {
    const batch = aBatch();
    await writer().put(batch, WITHIN_MS);
    const problem = await problemOf(writer().put({ ...batch, hash: 'other' }, WITHIN_MS));
    expect(problem).toMatchObject({ kind: 'conflict', code: 'batch-differs' });
  });

  it('is driven by one of many callers; the others are told that it is in progress, and find it done', async () => {
    const batch = aBatch();
    const states = await Promise.all(Array.from({ length: 8 }, () => writer().put(batch, WITHIN_MS)));
    expect(states.filter(({ state }) => state === 'done').length).toBeGreaterThan(0);
    for (const state of states) if (state.state === 'under-way') expect(state.waitsFor).toBe('another');
    await untilDone(writer(), batch);
    expect(there(batch)).toEqual(REFS);
  });

  it('reports a refused line with its reason, which takes one call, and the others as made', async () => {
    const batch = aBatch(['a', 'bad-1', 'b']);
    const { outcomes } = await untilDone(writer(), batch);
    expect(outcomes).toEqual([...made(['a']), { ref: 'bad-1', result: 'refused', why: 'bad-1 is bad' }, ...made(['b'])]);
  });

  it('has a line made by itself when its job ended without it and it is taken the second time', async () => {
    const batch = aBatch(REFS, { submit: async () => (await client.create([{ ref: 'a', parent: batch.id }]), { job: 'job' }) });
    expect((await untilDone(writer(), batch)).outcomes).toEqual(made());
    expect(there(batch)).toEqual(REFS);
  });

  it('has only its missing lines made when its answer was lost and its job took some', async () => {
    vendor.onWrite({ do: 'lose-answer' });
    const some = (keys: readonly string[]) => client.create(keys.filter(ref => ref !== 'c').map(ref => ({ ref, parent: batch.id })));
    const batch = aBatch(REFS, { submit: async keys => (await some(keys), { job: 'job' }) });
    expect((await untilDone(writer(), batch)).outcomes).toEqual(made());
  });

  it('sends what a lost submission left in one more submission, under a key of its own', async () => {
    vendor.onWrite({ do: 'lose-answer' });
    const sent: { keys: readonly string[]; requestKey: string }[] = [];
    const submit = async (keys: readonly string[], requestKey: string) => {
      sent.push({ keys, requestKey });
      await client.create(keys.slice(0, sent.length === 1 ? 1 : keys.length).map(ref => ({ ref, parent: batch.id })));
      return { job: 'job' };
    };
    const writeOne = () => Promise.reject(new Error('it is asked about by itself'));
    const batch = aBatch(REFS, { submit, writeOne });
    expect((await untilDone(writer(), batch)).outcomes).toEqual(made());
    expect(sent.map(({ keys }) => keys)).toEqual([REFS, REFS.slice(1)]);
    expect([sent[0].requestKey === batch.id, sent[1].requestKey === batch.id]).toEqual([true, false]);
  });

  it('is reported as in progress when its time is up, and continues from its job', async () => {
    let completed = false;
    const batch = aBatch(REFS, { follow: async () => ({ state: completed ? 'ended' : 'under-way' }) });
    expect(await writer().put(batch, 600)).toMatchObject({ state: 'under-way', waitsFor: 'job' });
    completed = true;
    expect(await writer().put(batch, WITHIN_MS)).toEqual({ state: 'done', outcomes: made() });
    expect(vendor.calls()['write things create 201']).toBe(1);
  });

  it.each([
    ['a 429', { do: 'throttle' } as const],
    ['nobody who listens', undefined],
  ])('leaves nothing behind when it met %s, and is answered with when to come back', async (_, action) => {
    if (action) vendor.onWrite(action);
    const nowhere = tinyConnector(database.dataSource, await closedPort());
    const batch = action ? aBatch() : tinyBatch(things(nowhere), randomUUID(), REFS);
    const problem = await problemOf(writer().put(batch, WITHIN_MS));
    expect(problem).toMatchObject({ kind: 'vendor-unavailable', code: 'not-made', retryable: true });
    expect(problem.retryAfterMs).toBeGreaterThan(0);
    expect(await row(batch)).toBeUndefined();
    await nowhere.close();
  });

  it('is refused as a whole with what the vendor says, and leaves nothing behind', async () => {
    const refused = () => connector.send({ operation: 'x', kind: 'write', method: 'POST', path: '/refuses' });
    const batch = aBatch(REFS, { submit: async () => ({ job: (await refused()).text }) });
    expect(await problemOf(writer().put(batch, WITHIN_MS))).toMatchObject({ kind: 'refused-by-vendor', retryable: false });
    expect(await row(batch)).toBeUndefined();
  });

  it('passes a defect of ours on as it is', async () => {
    const batch = aBatch(REFS, { submit: () => Promise.reject(new TypeError('a defect')) });
    await expect(writer().put(batch, WITHIN_MS)).rejects.toThrow(TypeError);
    expect(await row(batch)).toBeUndefined();
  });
});

describe('a batch whose answer was lost', () => {
  it('is done at once when the vendor shows that it wholly took effect, and not sent again', async () => {
    vendor.onWrite({ do: 'lose-answer' });
    const batch = aBatch();
    expect(await writer().put(batch, WITHIN_MS)).toMatchObject({ state: 'under-way', waitsFor: 'settling' });
    expect(await writer().put(batch, WITHIN_MS)).toEqual({ state: 'done', outcomes: made() });
    expect(there(batch)).toEqual(REFS);
  });

  it('is not sent again before it has settled, however late it commits', async () => {
    vendor.onWrite({ do: 'late-commit', ms: 600 });
    const batch = aBatch();
    const first = await writer().put(batch, WITHIN_MS);
    expect(first).toMatchObject({ state: 'under-way', waitsFor: 'settling', retryAfterMs: SETTLING_MS });
    expect(await writer().put(batch, WITHIN_MS)).toMatchObject({ state: 'under-way', waitsFor: 'settling' });
    expect(there(batch)).toEqual([]);
    expect((await untilDone(writer(), batch)).outcomes).toEqual(made());
    expect(there(batch)).toEqual(REFS);
  });

  it('is sent again once it can’t commit any more and nothing of it is there', async () => {
    vendor.onWrite({ do: 'timeout', ms: 10 });
    const batch = aBatch();
    expect(await writer().put(batch, WITHIN_MS)).toMatchObject({ waitsFor: 'settling' });
    expect((await untilDone(writer(), batch)).outcomes).toEqual(made());
    expect(await row(batch)).toMatchObject({ attempts: 2, done: true });
  });

  it('is done late when it removes: a removed line looks like one that is still to come', async () => {
    const batch = aBatch();
    await untilDone(writer(), batch);
    const removal = tinyRemoval(client, randomUUID(), batch.id, REFS);
    // Its last write is lost after it was made: all are gone, and nobody can tell that nothing follows.
    vendor.faults.plan({ match: { vendor: 'kantata', kind: 'write', operation: 'update' }, nth: 3, action: { do: 'lose-answer' } });
    expect(await writer().put(removal, WITHIN_MS)).toMatchObject({ waitsFor: 'settling' });
    expect(there(batch)).toEqual([]);
    expect(await writer().put(removal, WITHIN_MS)).toMatchObject({ state: 'under-way', waitsFor: 'settling' });
    const done = await untilDone(writer(), removal);
    expect(done.outcomes.map(({ result }) => result)).toEqual(['gone', 'gone', 'gone']);
  });

  it('stays under way while the vendor can not be read', async () => {
    vendor.onWrite({ do: 'lose-answer' });
    const batch = aBatch(REFS, { look: () => client.list({ parent: 'x' }).then(() => Promise.reject(unavailable())) });
    await writer().put(batch, WITHIN_MS);
    expect(await writer().put(batch, WITHIN_MS)).toMatchObject({ state: 'under-way', waitsFor: 'settling' });
  });
});

describe('processes at one batch', () => {
  it.each(['before-send', 'after-answer', 'at-look'] as const)('leave it whole and single when one is killed %s', async dies => {
    const batch = aBatch();
    const { child, ended } = start({ id: batch.id, dies });
    await ended;
    expect(child.signalCode).toBe('SIGKILL');
    expect(there(batch)).toEqual(dies === 'before-send' ? [] : REFS);
    expect((await untilDone(writer(), batch)).outcomes).toEqual(made());
    expect(there(batch)).toEqual(REFS);
  });

  it.each(['before', 'after'] as const)('leave it whole and single when one is killed %s the vendor has committed', async when => {
    const batch = aBatch();
    const { child, ended } = start({ id: batch.id });
    vendor.onWrite({ do: 'kill', pid: child.pid!, when });
    await ended;
    expect(child.signalCode).toBe('SIGKILL');
    expect((await untilDone(writer(), batch)).outcomes).toEqual(made());
    expect(there(batch)).toEqual(REFS);
  });

  it('leave it whole and single when one stands still past its lease in mid-submission and thaws', async () => {
    const batch = aBatch();
    const { child, outcomes } = start({ id: batch.id });
    vendor.onWrite({ do: 'freeze', pid: child.pid!, ms: LEASE_MS + SETTLING_MS + 1_500 });
    await eventually(() => there(batch).length === 3);
    expect((await untilDone(writer(), batch)).outcomes).toEqual(made());
    expect(await outcomes).toEqual(made());
    expect(there(batch)).toEqual(REFS);
  });

  it('send nothing on a lease that ran out while they stood still just before', async () => {
    const batch = aBatch();
    const clock = new ManualClock();
    const late = async () => {
      clock.freeze(LEASE_MS);
      return batch.submit(batch.keys, batch.id);
    };
    const problem = await problemOf(new BatchWriter(database.dataSource, { ...OPTIONS, clock }).put({ ...batch, submit: late }, WITHIN_MS));
    expect(problem).toMatchObject({ kind: 'vendor-unavailable', code: 'not-made' });
    expect(there(batch)).toEqual([]);
    expect((await untilDone(writer(), batch)).outcomes).toEqual(made());
  });
});

describe('without a part of it', () => {
  it('a batch is there twice when the in-doubt time is not waited for', async () => {
    vendor.onWrite({ do: 'late-commit', ms: 600 });
    const batch = aBatch();
    await untilDone(writer({ settlingMs: 0 }), batch);
    await eventually(() => there(batch).length === 6);
  });

  it('a batch is there twice when nobody asks before it is sent again', async () => {
    vendor.onWrite({ do: 'lose-answer' });
    const batch = aBatch();
    await untilDone(writer({ asksFirst: false }), batch);
    expect(there(batch)).toHaveLength(6);
  });

  it('a batch is there twice when leases exclude nobody', async () => {
    const batch = aBatch();
    const log = new (class extends Batches {
      override async take<O>(wanted: Parameters<Batches['take']>[0]) {
        const taken = await super.take<O>(wanted);
        if (!('another' in taken)) return taken;
        await database.dataSource.query(`update connector.batch set lease_until = '-infinity', unsettled_until = '-infinity' where id = $1`, [
          batch.id,
        ]);
        return super.take<O>(wanted);
      }
    })(database.dataSource, OPTIONS);
    let sending = 0;
    const together = async () => {
      sending++;
      await eventually(() => sending === 2);
      return batch.submit(batch.keys, batch.id);
    };
    await Promise.all([1, 2].map(() => writer({ log }).put({ ...batch, submit: together }, WITHIN_MS)));
    expect(there(batch)).toHaveLength(6);
  });
});
