import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { eventually, ManualClock, testDatabase, type TestDatabase } from '#testing';
import { JobLease, JobLoop } from './index.js';

const LEASE_MS = 60_000;

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
  await database.dataSource.query(
    'create schema spec; create table spec.lease(name text primary key, owner text not null, until timestamptz not null)',
  );
});
afterAll(() => database?.close());
beforeEach(() => database.dataSource.query('truncate spec.lease'));

const replica = (owner: string, clock = new ManualClock()) => ({
  clock,
  lease: new JobLease('job', { dataSource: database.dataSource, table: 'spec.lease', leaseMs: LEASE_MS, owner, clock }),
});
const expire = () => database.dataSource.query('update spec.lease set until = clock_timestamp()');

describe('a job that one replica does at a time', () => {
  it('is one replica’s until its lease ends, and the others know when that is', async () => {
    const [first, second] = [replica('first'), replica('second')];
    expect(await first.lease.acquire()).toBeUndefined();
    const otherwise = await second.lease.acquire();
    expect(otherwise!.inMs).toBeGreaterThan(LEASE_MS - 10_000);
    expect(otherwise!.inMs).toBeLessThanOrEqual(LEASE_MS + 100);
    await expire();
    expect(await second.lease.acquire()).toBeUndefined();
    first.clock.advance(LEASE_MS);
    expect(await first.lease.acquire()).toBeDefined();
  });

  it('costs a statement each half of the lease while it is held', async () => {
    const { lease, clock } = replica('first');
    await lease.acquire();
    const asked = vi.spyOn(database.dataSource, 'query');
    for (let n = 0; n < 10; n++) expect(await lease.acquire()).toBeUndefined();
    expect(asked).toHaveBeenCalledTimes(0);
    clock.advance(LEASE_MS / 2);
    expect(await lease.acquire()).toBeUndefined();
    expect(asked).toHaveBeenCalledTimes(1);
    asked.mockRestore();
  });

  it('is done by the loop that has it, and by another once the first is gone', async () => {
    const done: string[] = [];
    const start = (owner: string) => {
      const { lease, clock } = replica(owner);
      const work = () => {
        done.push(owner);
        return Promise.resolve(false);
      };
      const loop = new JobLoop({ part: 'spec', name: 'job', work, pace: { firstMs: 1_000_000, mostMs: 1_000_000 }, lease, clock });
      loop.start();
      return { loop, clock };
    };
    const first = start('first');
    await eventually(() => done.length === 1);
    const second = start('second');
    // It waits for the end of the first one's lease.
    await eventually(() => second.clock.pending === 1);
    expect(second.clock.nextInMs).toBeLessThanOrEqual(LEASE_MS + 100);
    await first.loop.stop();
    await expire();
    second.clock.advance(LEASE_MS + 100);
    await eventually(() => done.length === 2);
    expect(done).toEqual(['first', 'second']);
    await second.loop.stop();
  });
});
