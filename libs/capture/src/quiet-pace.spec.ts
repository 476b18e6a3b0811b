import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { EventLog, eventsMigrations, SetAsides } from '#events';
import { configureLog, Metrics } from '#service';
import { eventually, ManualClock, testDatabase, type TestDatabase } from '#testing';
import { BackEnd, notesFeed, publisher } from './back-end.fixture.js';
import { Capture } from './capture.js';
import { CaptureConfig } from './capture.config.js';
import { captureMigrations } from './capture.migrations.js';
import { readWatermarks } from './watermarks.js';

const MINUTE_MS = 60_000;

let database: TestDatabase;
let backEnd: BackEnd;
let clock: ManualClock;
let capture: Capture;

beforeAll(async () => {
  configureLog({ logLevel: 'fatal' });
  database = await testDatabase({ migrations: [...eventsMigrations, ...captureMigrations], poolSize: 20 });
});
afterAll(() => database.close());
beforeEach(async () => {
  await database.dataSource.query('truncate events.event, events.key_head, capture.feed, capture.shadow, capture.writing, capture.swept');
  backEnd = new BackEnd();
  clock = new ManualClock();
  const { dataSource } = database;
  capture = new Capture(
    { system: 'crm' },
    dataSource,
    publisher,
    new Metrics(),
    new SetAsides(publisher, new Metrics(), dataSource),
    new CaptureConfig(),
    clock,
  );
  // Its set pace is 2 s by the spec's clock; Postgres' own clock runs on meanwhile.
  capture.register(notesFeed(backEnd, { everyMs: 2_000 }));
  await capture.onApplicationBootstrap();
  await eventually(() => backEnd.calls === 1);
});
afterEach(() => capture.beforeApplicationShutdown());

/**
 * Postgres decides by its own clock when the feed is due, and that clock has not moved as far as
 * the spec's.
 */
const due = () => database.dataSource.query(`update capture.feed set next_poll_at = '-infinity'`);

/** Lets quiet minutes pass; answers how many readings there were. */
async function pass(minutes: number, stepMs = 1_000): Promise<number> {
  const before = backEnd.calls;
  for (let ms = 0; ms < minutes * MINUTE_MS; ms += stepMs) {
    await due();
    clock.advance(stepMs);
    await sleep(20);
  }
  return backEnd.calls - before;
}

describe('a feed without changes', () => {
  it('is read less and less often, says so, and returns to its set pace when anything happens anywhere', async () => {
    await sleep(300); // it listens for signals
    await pass(20, 5_000);
    const quiet = await pass(10, 5_000);
    console.info(`${quiet} readings in ten quiet minutes, of ${(10 * MINUTE_MS) / 2_000} at the set pace`);
    expect(quiet).toBeGreaterThanOrEqual(5);
    expect(quiet).toBeLessThan(20);

    // Being read slowly does not make it late.
    const late = (ms: number) => database.dataSource.query(`update capture.feed set polled_at = clock_timestamp() - $1 * interval '1 ms'`, [ms]);
    const state = async () => (await readWatermarks(database.dataSource, 'crm'))[0].state;
    await late(2 * MINUTE_MS);
    expect(await state()).toBe('live');
    await late(10 * MINUTE_MS);
    expect(await state()).toBe('behind');

    await due();
    const before = backEnd.calls;
    await database.dataSource.transaction(em =>
      new EventLog().append(em, [
        {
          id: 'elsewhere',
          source: '/system/erp',
          type: 'mapping.changed.v1',
          key: 'k',
          time: new Date().toISOString(),
          data: { kind: 'role', source: 'a', target: 'b' },
          legalEntities: [],
          correlationId: 'c',
        },
      ]),
    );
    await eventually(() => backEnd.calls > before); // the clock stands still
    expect(await pass(0.5)).toBeGreaterThan(3);
  });

  it('returns to its set pace when a person asks for it or something is written', async () => {
    await pass(20, 5_000);
    await capture.pollNow('notes');
    expect(await pass(0.5)).toBeGreaterThan(3);
    await pass(20, 5_000);
    await capture.noteWriting('note', 'n-1');
    expect(await pass(0.5)).toBeGreaterThan(3);
  });
});
