import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { CanonicalEvent, RecordedEvent } from '#apis';
import type { Transaction } from '#persistence';
import { configureLog, Metrics } from '#service';
import { eventually, testDatabase, type TestDatabase } from '#testing';
import { EventLog, EventPublisher, EventShapes, eventsMigrations, SetAsides, type Subscription, Subscriptions } from './index.js';

/** A reader that stores its events in a table that refuses poison, as Postgres refuses a value. */
interface Word {
  key: string;
  n: number;
  poison: boolean;
}

let database: TestDatabase;
let subscriptions: Subscriptions;
let setAsides: SetAsides;
const metrics = new Metrics();
const log = new EventLog();

beforeAll(async () => {
  configureLog({ logLevel: 'silent' });
  database = await testDatabase({ migrations: eventsMigrations, poolSize: 6 });
  setAsides = new SetAsides(new EventPublisher(log, { prefix: '/system/spec' }, new EventShapes(new Metrics())), metrics, database.dataSource);
  setAsides.onModuleInit();
  setAsides.declare('reader spec');
  subscriptions = new Subscriptions(database.dataSource, setAsides);
  await database.dataSource.query('create table taken(key text, n int, at bigint generated always as identity, poison int check (poison = 0))');
});
afterAll(() => database.close());
beforeEach(clear);

async function clear(): Promise<void> {
  await database.dataSource.query(
    'truncate events.event, events.key_head, events.subscription, events.set_aside, events.stopped, taken restart identity',
  );
}

const eventOf = ({ key, n, poison }: Word, index = 0): CanonicalEvent =>
  ({
    id: randomUUID(),
    source: '/spec',
    type: 'mapping.changed.v1',
    key,
    time: '2026-11-20T09:00:00Z',
    data: { kind: String(index), source: key, target: String(n), poison },
    legalEntities: [],
    correlationId: 'c-1',
  }) as unknown as CanonicalEvent;

const append = (words: Word[]) => database.dataSource.transaction(em => log.append(em, words.map(eventOf)));

let healed = new Set<number>();
/** Called with each set before it is taken. */
let beforeTaking: (em: Transaction) => Promise<void> | void = () => undefined;

const reader = (o: Partial<Subscription> = {}): Subscription => ({
  name: 'spec',
  types: ['mapping.changed.v1'],
  batch: 50,
  async handle(em, events) {
    await beforeTaking(em);
    const rows = events.map(({ data }) => data as unknown as { source: string; target: string; poison: boolean });
    await em.query(`insert into taken(key, n, poison) select key, n, poison from jsonb_to_recordset($1::jsonb) as r(key text, n int, poison int)`, [
      JSON.stringify(
        rows.map(({ source, target, poison }) => ({ key: source, n: Number(target), poison: poison && !healed.has(Number(target)) ? 1 : 0 })),
      ),
    ]);
  },
  ...o,
});

/**
 * Reads until nothing is left. An event is held back while any older transaction of the server is
 * open.
 */
async function readAll(subscription: Subscription): Promise<void> {
  await eventually(async () => {
    while (await subscriptions.readOnce(subscription));
    await database.dataSource.query('update events.subscription set read_at = null');
    const [{ left }] = await database.dataSource.query<{ left: number }[]>(
      `select count(*)::int left from events.event e where type = 'mapping.changed.v1' and e.xid >= (select max(last_xid) from events.subscription)`,
    );
    return left === 0 || (await stopped()).length > 0;
  });
}

const taken = async () => (await database.dataSource.query<{ n: number }[]>('select n from taken order by at')).map(({ n }) => n);
const aside = async () =>
  (
    await database.dataSource.query<{ key: string; what: string | null; item: string }[]>('select key, what, item from events.set_aside order by n')
  ).map(({ key, what }) => `${key} ${what === null ? 'waits' : 'failed'}`);
const stopped = () => database.dataSource.query<{ place: string; what: string }[]>('select place, what from events.stopped');
const published = async () =>
  (
    await database.dataSource.query<{ data: { state: string; nativeId: string; held: number } }[]>(
      `select data from events.event where type = 'set-aside.changed.v1' order by pos`,
    )
  ).map(({ data: { state, nativeId, held } }) => `${nativeId} ${state}${held > 0 ? ` ${held} wait` : ''}`);

beforeEach(() => {
  healed = new Set();
  beforeTaking = () => undefined;
});

describe('a reader of the log', () => {
  it('takes a batch except for one event that is refused, and names that one', async () => {
    await append([1, 2, 3].map(n => ({ key: `k${n}`, n, poison: n === 2 })));
    await readAll(reader());
    expect(await taken()).toEqual([1, 3]);
    expect(await aside()).toEqual(['k2 failed']);
    expect(await published()).toEqual(['k2 open']);
    const text = await metrics.registry.metrics();
    expect(text).toContain('throughline_set_aside_total{place="reader spec"} 1');
    expect(text).toContain('throughline_set_aside_open{place="reader spec",noun="mapping"} 1');
  });

  it('makes later events of its key wait, and takes both in order when a person retries', async () => {
    await append([{ key: 'k', n: 1, poison: true }]);
    await readAll(reader());
    await append([
      { key: 'k', n: 2, poison: false },
      { key: 'other', n: 3, poison: false },
    ]);
    await readAll(reader());
    expect(await taken()).toEqual([3]);
    expect(await aside()).toEqual(['k failed', 'k waits']);
    healed.add(1);
    const [{ id }] = await database.dataSource.query<{ id: string }[]>('select id from events.set_aside where what is not null');
    await database.dataSource.transaction(em => setAsides.decide(em, id, 'retry'));
    await readAll(reader());
    expect(await taken()).toEqual([3, 1, 2]);
    expect(await aside()).toEqual([]);
    expect(await published()).toEqual(['k open', 'k open 1 wait', 'k closed']);
  });

  it('skips it when a person says so, and takes those that waited', async () => {
    await append([1, 2].map(n => ({ key: 'k', n, poison: n === 1 })));
    await readAll(reader());
    const [{ id }] = await database.dataSource.query<{ id: string }[]>('select id from events.set_aside where what is not null');
    await database.dataSource.transaction(em => setAsides.decide(em, id, 'skip'));
    await readAll(reader());
    expect(await taken()).toEqual([2]);
    expect(await aside()).toEqual([]);
  });

  it('retries it under the next release', async () => {
    await append([{ key: 'k', n: 1, poison: true }]);
    await readAll(reader());
    healed.add(1);
    await readAll(reader());
    expect(await taken()).toEqual([]);
    await database.dataSource.query(`update events.set_aside set release = 'the one before'`);
    await readAll(reader());
    expect(await taken()).toEqual([1]);
  });

  it('lets a newer whole state overtake it, unless its key is held', async () => {
    await append([{ key: 'k', n: 1, poison: true }]);
    await readAll(reader({ whole: true }));
    const holds = (_: Transaction, keys: string[]) => Promise.resolve(keys);
    await append([{ key: 'k', n: 2, poison: false }]);
    await readAll(reader({ whole: true, holds }));
    expect([await taken(), await aside()]).toEqual([[], ['k failed', 'k waits']]);
    await append([{ key: 'k', n: 3, poison: false }]);
    await readAll(reader({ whole: true }));
    expect([await taken(), await aside()]).toEqual([[3], []]);
  });

  it('sets aside one part of an event of many', async () => {
    await append([{ key: 'one of three', n: 0, poison: false }]);
    const parts = (event: RecordedEvent) =>
      [1, 2, 3].map(n => ({ ...event, key: `k${n}`, data: { source: `k${n}`, target: String(n), poison: n === 2 } as never }));
    const taking = (event: RecordedEvent) => ((event.data as { target?: string }).target === '0' ? parts(event) : [event]);
    await readAll(reader({ parts, handle: (em, events) => reader().handle(em, events.flatMap(taking)) }));
    expect([await taken(), await aside()]).toEqual([[1, 3], ['k2 failed']]);
  });

  /**
   * As carried over from where it was set aside before. Later events of its key may have been read
   * by then.
   */
  const carriedOver = (key: string, n: number) =>
    database.dataSource.query(
      `insert into events.set_aside(place, key, item, id, system, noun, native_id, what, release, correlation_id)
       select 'reader spec', $1, e.pos, 'x', '/spec', 'mapping', $1, 'it failed', '', 'c-1' from events.event e where e.data ->> 'target' = $2`,
      [key, String(n)],
    );

  it('does not take an event that was overtaken before it was carried over', async () => {
    await append([1, 2].map(n => ({ key: 'k', n, poison: false })));
    await readAll(reader({ whole: true }));
    await carriedOver('k', 1);
    await readAll(reader({ whole: true }));
    expect([await taken(), await aside()]).toEqual([[1, 2], []]);
  });

  it('takes an event of many as a whole when it was carried over as a whole', async () => {
    await append([{ key: 'many', n: 1, poison: false }]);
    const parts = (event: RecordedEvent) => [1, 2].map(n => ({ ...event, key: `k${n}` }));
    await readAll(reader({ whole: true, parts }));
    await carriedOver('many', 1);
    await readAll(reader({ whole: true, parts }));
    expect([await taken(), await aside()]).toEqual([[1, 1], []]);
  });

  it('is stopped, and sets nothing aside, when so much fails that single events can not be at fault; a person lets it go on', async () => {
    await append(Array.from({ length: 21 }, (_, n) => ({ key: `k${n}`, n, poison: true })));
    await readAll(reader());
    expect([await taken(), await aside()]).toEqual([[], []]);
    expect(await stopped()).toEqual([{ place: 'reader spec', what: expect.stringContaining('21 within a minute could not be taken: k0, k1') }]);
    expect(await published()).toEqual(['reader spec open']);
    expect(await metrics.registry.metrics()).toContain('throughline_set_aside_stopped{place="reader spec"} 1');
    await append([{ key: 'good', n: 99, poison: false }]);
    // Nothing is read although everything could be taken now.
    for (let n = 0; n < 21; n++) healed.add(n);
    await database.dataSource.query('update events.subscription set read_at = null');
    expect([await subscriptions.readOnce(reader()), await taken()]).toEqual([false, []]);
    const [{ id }] = await database.dataSource.query<{ id: string }[]>('select id from events.stopped');
    await database.dataSource.transaction(em => setAsides.decide(em, id, 'retry'));
    await readAll(reader());
    expect(await taken()).toHaveLength(22);
  });

  it('that was stopped goes on under the next release', async () => {
    await append(Array.from({ length: 21 }, (_, n) => ({ key: `k${n}`, n, poison: true })));
    await readAll(reader());
    for (let n = 0; n < 21; n++) healed.add(n);
    await database.dataSource.query(`update events.stopped set release = 'the one before'`);
    await readAll(reader());
    expect([(await taken()).length, await stopped()]).toEqual([21, []]);
    expect(await published()).toEqual(['reader spec open', 'reader spec closed']);
  });

  it('is stopped when more than a tenth of many fail', async () => {
    await append(Array.from({ length: 100 }, (_, n) => ({ key: `k${n}`, n, poison: n % 9 === 0 })));
    await readAll(reader({ batch: 100 }));
    expect([await taken(), (await stopped()).length]).toEqual([[], 1]);
  });

  it('runs a batch again at once after a deadlock rolled it back', async () => {
    await append([1, 2, 3].map(n => ({ key: `k${n}`, n, poison: false })));
    const failures: unknown[] = [];
    let deadlocks = 0;
    beforeTaking = async em => {
      if (deadlocks++ === 0) await em.query(`do $$ begin raise exception 'out' using errcode = '40P01'; end $$`);
    };
    await eventually(async () => {
      await subscriptions.readOnce(reader()).catch((error: unknown) => failures.push(error));
      return (await taken()).length === 3;
    });
    expect(failures).toEqual([]);
    expect(deadlocks).toBe(2);
  });

  it.each(['40P01', '55P03', '57014', '53200', '08006'])(
    'sets nothing aside for an outage (%s), and takes everything when it is over',
    async code => {
      await append([1, 2, 3].map(n => ({ key: `k${n}`, n, poison: n === 2 })));
      beforeTaking = em => em.query(`do $$ begin raise exception 'out' using errcode = '${code}'; end $$`);
      await eventually(async () =>
        subscriptions.readOnce(reader()).then(
          () => false,
          () => true,
        ),
      );
      expect([await taken(), await aside()]).toEqual([[], []]);
      beforeTaking = () => undefined;
      await readAll(reader());
      expect([await taken(), await aside()]).toEqual([[1, 3], ['k2 failed']]);
    },
  );

  it('takes every good key in order and names every bad event, for any mix and with an outage in between', async () => {
    const word = fc.record({ key: fc.constantFrom('a', 'b', 'c', 'd', 'e'), poison: fc.integer({ min: 0, max: 4 }).map(n => n === 0) });
    const run = fc.record({
      words: fc.array(word, { minLength: 1, maxLength: 40 }).filter(words => words.filter(({ poison }) => poison).length <= 15),
      whole: fc.boolean(),
      batch: fc.integer({ min: 2, max: 20 }),
      outages: fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 3 }),
    });
    await fc.assert(
      fc.asyncProperty(run, async ({ words, whole, batch, outages }) => {
        await clear();
        const all = words.map((word, n) => ({ ...word, n }));
        await append(all);
        let calls = 0;
        beforeTaking = async em => {
          if (outages.includes(++calls)) await em.query(`do $$ begin raise exception 'locked' using errcode = '55P03'; end $$`);
        };
        const subscription = reader({ whole, batch });
        for (let n = 0; n < 60; n++) {
          const more = await subscriptions.readOnce(subscription).catch(() => true);
          if (!more && n > 10 + outages.length) break;
        }
        beforeTaking = () => undefined;
        await readAll(subscription);
        const through = new Set(await taken());
        for (const key of new Set(words.map(word => word.key))) {
          const mine = all.filter(one => one.key === key);
          const bad = mine.findIndex(({ poison }) => poison);
          const wanted = whole ? mine.filter(({ poison }) => !poison) : mine.slice(0, bad === -1 ? undefined : bad);
          expect((await taken()).filter(n => mine.some(one => one.n === n))).toEqual(wanted.map(({ n }) => n));
          const open = (await aside()).filter(line => line.startsWith(`${key} `));
          const last = whole ? mine.findLastIndex(({ poison }) => !poison) : (bad === -1 ? mine.length : bad) - 1;
          expect(open).toEqual(mine.slice(last + 1).map(({ poison }, n) => `${key} ${poison && (whole || n === 0) ? 'failed' : 'waits'}`));
        }
        expect([...through].some(n => all[n].poison)).toBe(false);
      }),
      { numRuns: 25 },
    );
  });
});
