import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { CanonicalEvent, RecordedEvent } from '#apis';
import { type Database, dataSourceFor } from '#persistence';
import { countStatements, eventually, ManualClock, testDatabase, type TestDatabase } from '#testing';
import { Metrics } from '#service';
import { EventLog, EventPublisher, EventShapes, eventsMigrations, SetAsides, Subscriptions } from './index.js';

const anEvent = (type: 'mapping.changed.v1' | 'journey.step.v1' = 'mapping.changed.v1'): CanonicalEvent =>
  ({
    id: randomUUID(),
    source: '/spec',
    type,
    key: randomUUID(),
    time: '2026-11-20T09:00:00Z',
    data: {},
    legalEntities: [],
    correlationId: 'c-1',
  }) as unknown as CanonicalEvent;

let database: TestDatabase;
/** Another process: it shares only the database with the readers. */
let elsewhere: Database;
let running: Subscriptions[] = [];
const log = new EventLog();

beforeAll(async () => {
  database = await testDatabase({ migrations: eventsMigrations, poolSize: 12 });
  elsewhere = await dataSourceFor({ name: 'elsewhere', migrations: [] }, database.url).initialize();
});
afterAll(async () => {
  await elsewhere.destroy();
  await database.close();
});
beforeEach(() => database.dataSource.query('truncate events.event, events.key_head, events.subscription'));
afterEach(async () => {
  for (const subscriptions of running) await subscriptions.onModuleDestroy();
  running = [];
});

const append = (...events: CanonicalEvent[]) => elsewhere.transaction(em => log.append(em, events));

function reading(names: string[], clock?: ManualClock, dataSource = database.dataSource): RecordedEvent[] {
  const read: RecordedEvent[] = [];
  const subscriptions = new Subscriptions(
    dataSource,
    new SetAsides(new EventPublisher(log, { prefix: '/system/spec' }, new EventShapes(new Metrics())), new Metrics(), dataSource),
    clock,
  );
  for (const name of names) subscriptions.subscribe({ name, types: ['mapping.changed.v1'], handle: async (_, events) => void read.push(...events) });
  subscriptions.onApplicationBootstrap();
  running.push(subscriptions);
  return read;
}

const cursors = () => database.dataSource.query<{ read_at: Date | null }[]>('select read_at from events.subscription');
const allRead = () => eventually(async () => (await cursors()).every(({ read_at }) => read_at !== null) && (await cursors()).length > 0);

describe('the readers of the log', () => {
  it('ask Postgres almost nothing while nothing is appended', async () => {
    const clock = new ManualClock();
    const pass = async (seconds: number) => {
      for (let n = 0; n < seconds; n++) {
        clock.advance(1_000);
        await sleep(50);
      }
    };
    reading(['one', 'two', 'three', 'four', 'five'], clock);
    await allRead();
    await pass(3); // by now it listens and has looked for events that it may have missed before
    await sleep(300);
    const counted = countStatements(database.dataSource);
    await sleep(3_000);
    expect(counted.texts.length).toBeLessThan(10);
    await pass(60);
    const before = counted.texts.length;
    await pass(60);
    console.info(`${counted.texts.length - before} statements of five readers in a quiet minute`);
    expect(counted.texts.length - before).toBeLessThan(5 * 3 * 10);
  });

  it('are woken by events from another process, however slowly they look', async () => {
    const clock = new ManualClock(); // it never moves: only a signal wakes
    const read = reading(['woken'], clock);
    await allRead();
    // A signal from before it listened wakes nobody.
    await eventually(async () => {
      await append(anEvent());
      return read.length > 0;
    });
  });

  it('find by their slow look events without a signal', async () => {
    const clock = new ManualClock();
    const read = reading(['slow'], clock);
    await allRead();
    await sleep(200);
    await elsewhere.query(
      `insert into events.event(source, id, type, key, key_seq, time, data, legal_entities, correlation_id)
       values ('/spec', 'unheard', 'mapping.changed.v1', 'k', 1, now(), '{}', '{}', 'c-1')`,
    );
    await sleep(300);
    expect(read).toEqual([]);
    clock.advance(30_000); // the heartbeat and the longest look
    await eventually(() => read.length === 1);
  });

  it('soon read events that an older transaction held back, although its end gives no signal', async () => {
    const read = reading(['held']);
    await allRead();
    const old = elsewhere.createQueryRunner();
    await old.startTransaction();
    await old.query('select pg_current_xact_id()');
    await append(anEvent());
    await sleep(700);
    expect(read).toEqual([]);
    const endedAt = Date.now();
    await old.rollbackTransaction();
    await old.release();
    await eventually(() => read.length === 1, { withinMs: 4_000 }); // the slow look would come after 5 s
    console.info(`read ${Date.now() - endedAt} ms after the older transaction ended`);
  });

  it("move their cursors past others' events, so that a later look is short", async () => {
    reading(['others']);
    await allRead();
    await append(anEvent('journey.step.v1'));
    await eventually(
      async () =>
        (
          await database.dataSource.query<unknown[]>(
            'select 1 from events.subscription s where not exists (select 1 from events.event e where (e.xid, e.pos) > (s.last_xid, s.last_pos))',
          )
        ).length === 1,
      { withinMs: 4_000 },
    );
  });
});
