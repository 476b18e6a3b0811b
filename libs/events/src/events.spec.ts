import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { CanonicalEvent, RecordedEvent } from '#apis';
import { eventually, testDatabase, type TestDatabase } from '#testing';
import { Metrics } from '#service';
import { EventLog, EventPublisher, EventShapes, eventsMigrations, SetAsides, Subscriptions } from './index.js';

const anEvent = (key: string, id: string = randomUUID()): CanonicalEvent => ({
  id,
  source: '/spec',
  type: 'mapping.changed.v1',
  key,
  time: '2026-11-20T09:00:00Z',
  data: { kind: 'role', source: key, target: id },
  legalEntities: [],
  correlationId: 'c-1',
});

let database: TestDatabase;
let subscriptions: Subscriptions;
const log = new EventLog();

beforeAll(async () => {
  database = await testDatabase({ migrations: eventsMigrations, poolSize: 12 });
  subscriptions = new Subscriptions(
    database.dataSource,
    new SetAsides(new EventPublisher(log, { prefix: '/system/spec' }, new EventShapes(new Metrics())), new Metrics(), database.dataSource),
  );
});
afterAll(() => database.close());
beforeEach(() => database.dataSource.query('truncate events.event, events.key_head, events.subscription'));

const append = (events: CanonicalEvent[]) => database.dataSource.transaction(em => log.append(em, events));

/**
 * Reads with a subscription until it has seen `count` events, and once more. This may take a
 * moment: an event is held back while any older transaction of the server is open, and other specs
 * run beside this one.
 */
async function readAll(name: string, count: number): Promise<RecordedEvent[]> {
  const read: RecordedEvent[] = [];
  const subscription = { name, types: '*' as const, batch: 7, handle: async (_: unknown, events: RecordedEvent[]) => void read.push(...events) };
  await eventually(async () => {
    while (await subscriptions.readOnce(subscription));
    return read.length >= count;
  });
  await subscriptions.readOnce(subscription);
  return read;
}

describe('the event log', () => {
  it('numbers each key from 1 without gaps while several append at once and repeat each other', async () => {
    const events = Array.from({ length: 60 }, (_, n) => anEvent(`key-${n % 5}`, `e-${n}`));
    const batches = Array.from({ length: 8 }, (_, n) => events.filter((_, index) => index % 4 === n % 4));
    await Promise.all(batches.map(append));
    const rows = await database.dataSource.query<{ key: string; n: string; first: string; last: string }[]>(
      'select key, count(*) n, min(key_seq) first, max(key_seq) last from events.event group by key',
    );
    expect(rows).toHaveLength(5);
    for (const row of rows) expect([row.n, row.first, row.last]).toEqual(['12', '1', '12']);
  });

  it('takes the same event once and answers its number again', async () => {
    const [first] = await append([anEvent('k', 'same')]);
    expect(await append([anEvent('k', 'same')])).toEqual([]);
    const [next] = await append([anEvent('k')]);
    expect([first.keySeq, next.keySeq]).toEqual([1, 2]);
  });

  it('refuses another event under the id of one that it has, and keeps nothing of that transaction', async () => {
    await append([anEvent('k', 'taken')]);
    const other = { ...anEvent('k', 'taken'), type: 'customer.changed.v1' } as CanonicalEvent;
    await expect(append([anEvent('k', 'beside'), other])).rejects.toThrow(/taken .*customer\.changed\.v1/);
    const [one, two] = [anEvent('k', 'both'), { ...anEvent('k', 'both'), key: 'l' }];
    await expect(append([one, two])).rejects.toThrow(/both .* of l/);
    expect(await database.dataSource.query(`select id from events.event where id in ('beside', 'both')`)).toEqual([]);
  });

  it('never skips an event that commits late, and keeps the order of each key', async () => {
    const slow = database.dataSource.createQueryRunner();
    await slow.startTransaction();
    await log.append(slow.manager, [anEvent('slow')]);
    await append([anEvent('fast')]);
    expect((await readAll('late', 0)).map(event => event.key)).toEqual([]);
    await slow.commitTransaction();
    await slow.release();
    expect((await readAll('late', 2)).map(event => event.key)).toEqual(['slow', 'fast']);
  });

  it('reads everything once, page by page, with a cursor per reader', async () => {
    await append(Array.from({ length: 25 }, (_, n) => anEvent(`k-${n}`)));
    expect(await readAll('one', 25)).toHaveLength(25);
    expect(await readAll('one', 0)).toHaveLength(0);
    expect(await readAll('two', 25)).toHaveLength(25);
  });

  it('moves the cursor together with the work, or not at all', async () => {
    await append([anEvent('k')]);
    const failing = { name: 'failing', types: '*' as const, handle: () => Promise.reject(new Error('the work failed')) };
    const failed = await eventually(() =>
      subscriptions.readOnce(failing).then(
        () => undefined,
        (error: Error) => error,
      ),
    );
    expect(failed.message).toBe('the work failed');
    expect(await readAll('failing', 1)).toHaveLength(1);
  });

  it('lets one reader at a time have a subscription', async () => {
    await append([anEvent('k')]);
    await readAll('other', 1);
    let inside = 0;
    let most = 0;
    const handle = async () => {
      most = Math.max(most, ++inside);
      await new Promise(resolve => setTimeout(resolve, 50));
      inside--;
    };
    await Promise.all([1, 2, 3].map(() => subscriptions.readOnce({ name: 'shared', types: '*', handle })));
    expect(most).toBe(1);
  });

  it('starts a subscription at the next event when it says so', async () => {
    await append([anEvent('before')]);
    await readAll('other', 1);
    const read: string[] = [];
    const fromNow = {
      name: 'now',
      types: '*' as const,
      from: 'now' as const,
      handle: async (_: unknown, events: RecordedEvent[]) => void read.push(...events.map(e => e.key)),
    };
    await subscriptions.readOnce(fromNow);
    await append([anEvent('after')]);
    await eventually(async () => {
      await subscriptions.readOnce(fromNow);
      return read.length > 0;
    });
    expect(read).toEqual(['after']);
  });
});
