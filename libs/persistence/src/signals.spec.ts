import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, ManualClock, testDatabase, type TestDatabase } from '#testing';
import { dataSourceFor, signal, Signals, signalsOf } from './index.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

const sessions = async () =>
  (
    await database.dataSource.query<{ pid: number }[]>(
      `select pid from pg_stat_activity where datname = current_database() and application_name = 'throughline signals'`,
    )
  ).map(({ pid }) => pid);

describe('signals', () => {
  it('arrive when the transaction of the sender commits, once per transaction, and never when it rolls back', async () => {
    const heard: string[] = [];
    const signals = signalsOf(database.dataSource);
    const offs = ['a:1', 'a:*', 'b'].map(topic => signals.on(topic, () => heard.push(topic)));
    await eventually(() => signals.connected);
    heard.length = 0;
    const another = await dataSourceFor({ name: 'another', migrations: [] }, database.url).initialize();
    await another
      .transaction(async em => {
        await signal(em, 'b');
        throw new Error('rolled back');
      })
      .catch(() => undefined);
    await another.transaction(async em => {
      await signal(em, 'a:1', 'a:2');
      await signal(em, 'a:1');
      await new Promise(resolve => setTimeout(resolve, 100));
      expect(heard).toEqual([]);
    });
    await eventually(() => heard.length >= 3);
    expect(heard.sort()).toEqual(['a:*', 'a:*', 'a:1']);
    for (const off of offs) off();
    await another.destroy();
  });

  it('take one connection of a process, however many listen, and none when nobody does', async () => {
    const offs = ['a', 'b', 'c'].map(topic => signalsOf(database.dataSource).on(topic, () => undefined));
    await eventually(() => signalsOf(database.dataSource).connected);
    const asAnother = dataSourceFor({ name: 'other', migrations: [] }, Object.assign(new URL(database.url), { username: 'another_app' }).href);
    offs.push(signalsOf(asAnother).on('d', () => undefined));
    expect(signalsOf(asAnother)).toBe(signalsOf(database.dataSource));
    expect(await sessions()).toHaveLength(1);
    for (const off of offs) off();
    await eventually(async () => (await sessions()).length === 0);
  });

  it('wake everybody once when the connection is there again, since nobody knows what was signalled meanwhile', async () => {
    const signals = signalsOf(database.dataSource);
    let woken = 0;
    const off = signals.on('a', () => woken++);
    await eventually(() => woken === 1);
    const [before] = await sessions();
    await database.dataSource.query('select pg_terminate_backend($1)', [before]);
    await eventually(() => woken === 2);
    expect(await sessions()).not.toContain(before);
    off();
  });

  it('come back after a while when Postgres is away, less and less often', async () => {
    const clock = new ManualClock();
    const signals = new Signals('postgres://nobody@127.0.0.1:1/none', clock);
    const off = signals.on('a', () => undefined);
    for (let n = 0; n < 5; n++) await eventually(() => clock.pending === 1).then(() => clock.advance(60_000));
    await eventually(() => clock.pending === 1);
    expect(signals.connected).toBe(false);
    expect(clock.nextInMs).toBeGreaterThan(1_000);
    expect(clock.nextInMs).toBeLessThanOrEqual(10_000);
    off();
    expect(clock.pending).toBe(0);
  });
});
