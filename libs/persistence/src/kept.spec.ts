import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { eventually, ManualClock, testDatabase, type TestDatabase } from '#testing';
import { Kept, signal } from './index.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
  await database.dataSource.query('create table word(text text not null)');
});
afterAll(() => database.close());
beforeEach(() => database.dataSource.query('truncate word'));

const add = (text: string) => database.dataSource.query('insert into word values ($1)', [text]);
const signalled = () => database.dataSource.transaction(em => signal(em, 'words'));

function keptWords(clock = new ManualClock()) {
  let loads = 0;
  const kept = new Kept<string[]>(database.dataSource, {
    name: 'words',
    initial: ['none yet'],
    topics: ['words'],
    everyMs: 1_000,
    clock,
    load: async source => {
      loads++;
      return (await source.query<{ text: string }[]>('select text from word order by 1')).map(({ text }) => text);
    },
  });
  return { kept, clock, loads: () => loads };
}

describe('kept rows', () => {
  it('are loaded at start, after a signal, and slowly without one', async () => {
    await add('a');
    const { kept, clock } = keptWords();
    expect(kept.get()).toEqual(['none yet']);
    await kept.start();
    expect(kept.get()).toEqual(['a']);

    await add('b');
    await eventually(async () => {
      await signalled();
      return kept.get().length === 2;
    });

    await add('c');
    await eventually(() => clock.pending === 1);
    clock.advance(1_000);
    await eventually(() => kept.get().join() === 'a,b,c');
    kept.stop();
  });

  it('hold what was known last while Postgres is away, and are read again when it is back', async () => {
    await add('a');
    const { kept, clock } = keptWords();
    await kept.start();
    await database.dataSource.query('alter table word rename to word_away');
    await kept.refresh();
    expect(kept.get()).toEqual(['a']);
    await database.dataSource.query('alter table word_away rename to word');
    await add('b');
    clock.advance(1_000);
    await eventually(() => kept.get().length === 2);
    kept.stop();
  });

  it('read what changed while they were being read', async () => {
    const { kept, clock, loads } = keptWords();
    await kept.start();
    await eventually(() => clock.pending === 1);
    const before = loads();
    await Promise.all([kept.refresh(), kept.refresh(), kept.refresh()]);
    expect(loads() - before).toBe(2);
    kept.stop();
  });

  it('listen and look no more once the app has stopped', async () => {
    const { kept, clock, loads } = keptWords();
    await kept.start();
    await eventually(() => clock.pending === 1);
    kept.stop();
    const before = loads();
    clock.advance(60_000);
    await signalled();
    expect([loads(), clock.pending]).toEqual([before, 0]);
  });
});
