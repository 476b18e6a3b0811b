import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { RecordFault } from '#canonical';
import { eventsMigrations, SetAsides } from '#events';
import { configureLog, Metrics } from '#service';
import { testDatabase, type TestDatabase } from '#testing';
import { BackEnd, type Note, notesFeed, publisher } from './back-end.fixture.js';
import { Capture } from './capture.js';
import { captureMigrations } from './capture.migrations.js';
import type { Feed, Unreadable } from './feed.js';
import { rowName } from './readable.js';
import { readWatermarks } from './watermarks.js';

let database: TestDatabase;
let backEnd: BackEnd;
let setAsides: SetAsides;

beforeAll(async () => {
  configureLog({ logLevel: 'silent' });
  database = await testDatabase({ migrations: [...eventsMigrations, ...captureMigrations], poolSize: 8 });
  setAsides = new SetAsides(publisher, new Metrics(), database.dataSource);
});
afterAll(() => database.close());
beforeEach(() => void (backEnd = new BackEnd()));
afterEach(clear);

async function clear(): Promise<void> {
  await database.dataSource.query(
    'truncate events.event, events.key_head, events.set_aside, events.stopped, capture.feed, capture.shadow, capture.writing, capture.swept',
  );
}

function feeding(feed: Partial<Feed<Note>> & { pageSize?: number } = {}): Capture {
  const capture = new Capture({ system: 'crm', polls: false }, database.dataSource, publisher, new Metrics(), setAsides);
  capture.register(notesFeed(backEnd, { pageSize: 10, ...feed }));
  return capture;
}

/**
 * A text that Postgres refuses: half an emoji. Mappers clean it, but a feed must survive a mapper
 * that doesn't.
 */
const half = (title: string): string => `${title}\ud83d`;
const seen = async () =>
  (
    await database.dataSource.query<{ key: string; title: string }[]>(
      `select key, data -> 'state' ->> 'title' title from events.event where type = 'deal.changed.v1' order by pos`,
    )
  ).map(({ key, title }) => `${key} ${title}`);
const aside = async () =>
  (await database.dataSource.query<{ native_id: string; what: string }[]>('select native_id, what from events.set_aside order by n')).map(
    ({ native_id }) => native_id,
  );
const decide = async (action: 'retry' | 'skip') => {
  const rows = await database.dataSource.query<{ id: string }[]>('select id from events.set_aside union all select id from events.stopped');
  await database.dataSource.transaction(async em => {
    for (const { id } of rows) await setAsides.decide(em, id, action);
  });
};

describe('a feed', () => {
  it('takes a page except for one record that is refused, and names that one', async () => {
    backEnd.put({ id: 'a', title: 'one' }, { id: 'b', title: half('two') }, { id: 'c', title: 'three' });
    const capture = feeding();
    expect(await capture.pollNow('notes')).toMatchObject({ items: 3, created: 2, events: 2 });
    expect(await capture.setAside()).toEqual(new Map([['notes', 1]]));
    expect([await seen(), await aside()]).toEqual([['a one', 'c three'], ['b']]);
    const [{ data }] = await database.dataSource.query<{ data: object }[]>(`select data from events.event where type = 'set-aside.changed.v1'`);
    expect(data).toMatchObject({ place: 'feed crm/notes', system: 'crm', noun: 'note', nativeId: 'b', state: 'open' });
    expect(await readWatermarks(database.dataSource, 'crm')).toMatchObject([{ state: 'live' }]);
  });

  it('retries it when it changes at its source, and not before', async () => {
    const capture = feeding({ overlapMs: 3_600_000 });
    backEnd.put({ id: 'a', title: half('one') });
    await capture.pollNow('notes');
    await capture.pollNow('notes');
    expect(await database.dataSource.query(`select 1 from events.event where type = 'set-aside.changed.v1'`)).toHaveLength(1);
    backEnd.put({ id: 'a', title: half('two') });
    await capture.pollNow('notes');
    expect([await seen(), await aside()]).toEqual([[], ['a']]);
    backEnd.put({ id: 'a', title: 'three' });
    await capture.pollNow('notes');
    expect([await seen(), await aside()]).toEqual([['a three'], []]);
  });

  it('retries it when a person asks, with its current state in the back end, and under the next release', async () => {
    const mended: Note[] = [];
    const capture = feeding({ reread: async () => ({ items: mended }) });
    backEnd.put({ id: 'a', title: half('one') });
    await capture.pollNow('notes');
    mended.push({ id: 'a', title: half('two') });
    await decide('retry');
    await capture.pollNow('notes');
    expect([await seen(), await aside()]).toEqual([[], ['a']]);
    mended[0] = { id: 'a', title: 'three' };
    backEnd.putSilently(mended[0]);
    await capture.pollNow('notes');
    expect(await seen()).toEqual([]);
    await database.dataSource.query(`update events.set_aside set release = 'the one before'`);
    await capture.pollNow('notes');
    expect([await seen(), await aside()]).toEqual([['a three'], []]);
  });

  it('does not count a set-aside record as deleted, and closes it when it is deleted', async () => {
    const capture = feeding();
    backEnd.put({ id: 'a', title: 'one' }, { id: 'b', title: 'two' });
    await capture.pollNow('notes');
    backEnd.put({ id: 'b', title: half('three') });
    await capture.pollNow('notes');
    expect(await capture.sweepNow('notes')).toMatchObject({ deleted: 0 });
    expect(await aside()).toEqual(['b']);
    backEnd.delete('b');
    expect(await capture.sweepNow('notes')).toMatchObject({ deleted: 1 });
    expect(await aside()).toEqual([]);
  });

  it('sets aside a record that our mapping can not read, and finds it again by a sweep', async () => {
    const unreadable: Unreadable[] = [{ id: 'x', nativeId: 'native x', error: new TypeError('no title') }];
    const items: Note[] = [{ id: 'a', title: 'one' }];
    const pages = async function* () {
      yield { items, unreadable, cursor: '2026-11-20T09:00:00Z' };
    };
    const capture = feeding({ read: pages, sweep: pages });
    await capture.pollNow('notes');
    expect([await seen(), await aside()]).toEqual([['a one'], ['native x']]);
    unreadable.length = 0;
    items.push({ id: 'x', title: 'two' });
    await decide('retry');
    await capture.pollNow('notes');
    const due = await database.dataSource.query<{ due: boolean }[]>('select next_sweep_at <= clock_timestamp() due from capture.feed');
    expect(due).toEqual([{ due: true }]);
    await capture.sweepNow('notes');
    expect([await seen(), await aside()]).toEqual([['a one', 'x two'], []]);
  });

  it('names a record without an id by its place, and deletes nothing that might be that record', async () => {
    const unreadable: Unreadable[] = [];
    const items: Note[] = ['a', 'b', 'c'].map(id => ({ id, title: 'one' }));
    const pages = async function* () {
      yield { items: [...items], unreadable: [...unreadable], cursor: '2026-11-20T09:00:00Z' };
    };
    const capture = feeding({ read: pages, sweep: pages });
    await capture.pollNow('notes');
    items.pop();
    unreadable.push({ nativeId: rowName(2), error: new RecordFault('tiny', [{ field: 'id', rule: 'present' }]) });
    expect(await capture.sweepNow('notes')).toMatchObject({ deleted: 0 });
    expect(await database.dataSource.query('select system, noun, native_id, what from events.set_aside')).toEqual([
      { system: 'tiny', noun: 'note', native_id: 'row 3', what: 'id is missing.' },
    ]);
    unreadable.length = 0;
    items.push({ id: 'c', title: 'two' });
    expect(await capture.sweepNow('notes')).toMatchObject({ changed: 1, deleted: 0 });
    expect([(await seen()).at(-1), await aside()]).toEqual(['c two', []]);
  });

  it('closes an unreadable record once a full reading no longer shows it', async () => {
    const unreadable: Unreadable[] = [{ nativeId: '17', error: new RecordFault('tiny', [{ field: 'rate', rule: 'amount' }]) }];
    const pages = async function* () {
      yield { items: [{ id: 'a', title: 'one' }], unreadable: [...unreadable], cursor: '2026-11-20T09:00:00Z' };
    };
    const capture = feeding({ read: pages, sweep: pages, readsAll: true });
    await capture.pollNow('notes');
    await capture.pollNow('notes');
    expect(await aside()).toEqual(['17']);
    unreadable.length = 0;
    await capture.pollNow('notes');
    expect(await aside()).toEqual([]);
    const published = await database.dataSource.query<{ state: string }[]>(
      `select data ->> 'state' state from events.event where type = 'set-aside.changed.v1' order by pos`,
    );
    expect(published.map(({ state }) => state)).toEqual(['open', 'closed']);
  });

  it('does not count as deleted a record that exists but can not be read when it is asked for by itself', async () => {
    const error = new RecordFault('tiny', [{ field: 'title', rule: 'text' }]);
    const sweep = async function* () {
      yield { items: [{ id: 'a', title: 'one' }] };
    };
    const capture = feeding({ sweep, reread: async () => ({ items: [], unreadable: [{ id: 'b', nativeId: 'native b', error }] }) });
    backEnd.put({ id: 'a', title: 'one' }, { id: 'b', title: 'two' });
    await capture.pollNow('notes');
    expect(await capture.sweepNow('notes')).toMatchObject({ deleted: 0 });
    expect([await seen(), await aside()]).toEqual([['a one', 'b two'], ['native b']]);
  });

  it('names the value that Postgres refuses, and takes two records with one name in a page as one', async () => {
    const error = new RecordFault('tiny', [{ field: 'title', rule: 'text' }]);
    const pages = async function* () {
      yield { items: [{ id: 'a', title: half('one') }], unreadable: [1, 2].map(() => ({ id: 'x', nativeId: 'x', error })), cursor: null };
    };
    await feeding({ read: pages }).pollNow('notes');
    const rows = await database.dataSource.query('select native_id, what from events.set_aside order by native_id');
    expect(rows).toEqual([
      { native_id: 'a', what: 'title holds a character that can not be kept.' },
      { native_id: 'x', what: 'title is not a text.' },
    ]);
  });

  it('is stopped by too many unreadable records, too, and names them', async () => {
    const error = new RecordFault('tiny', [{ field: 'title', rule: 'text' }]);
    const pages = async function* () {
      yield { items: [], unreadable: Array.from({ length: 21 }, (_, n) => ({ id: `x${n}`, nativeId: `x${n}`, error })), cursor: null };
    };
    await expect(feeding({ read: pages }).pollNow('notes')).rejects.toThrow('21 within a minute could not be taken: x0, x1');
    expect(await aside()).toEqual([]);
  });

  it('is stopped when too much fails, says so, and goes on when a person asks for it', async () => {
    const capture = feeding({ pageSize: 50 });
    backEnd.put(...Array.from({ length: 30 }, (_, n) => ({ id: `n${n}`, title: n < 21 ? half('bad') : 'good' })));
    await expect(capture.pollNow('notes')).rejects.toThrow('21 within a minute could not be taken: n0, n1');
    expect([await seen(), await aside()]).toEqual([[], []]);
    expect(await readWatermarks(database.dataSource, 'crm')).toMatchObject([
      { state: 'failing', error: expect.stringContaining('21 within a minute') },
    ]);
    await expect(capture.pollNow('notes')).rejects.toThrow('is stopped');
    for (let n = 0; n < 21; n++) backEnd.putSilently({ id: `n${n}`, title: 'good' });
    await decide('retry');
    await database.dataSource.query('update capture.feed set cursor = null');
    await capture.pollNow('notes');
    expect(await seen()).toHaveLength(30);
    expect(await readWatermarks(database.dataSource, 'crm')).toMatchObject([{ state: 'live' }]);
  });

  it('does not treat the cleaning of a text as a change', async () => {
    backEnd.put({ id: 'a', title: 'Mu\u0308ller\r\nnew' });
    await feeding().pollNow('notes');
    const version = () => database.dataSource.query('select version from capture.shadow');
    const before = await version();
    backEnd.put({ id: 'a', title: 'M\u00fcller\nnew' });
    expect(await feeding().pollNow('notes')).toMatchObject({ changed: 0, drifted: 0, events: 0 });
    expect(await version()).toEqual(before);
  });

  it('takes every good record in order and names every bad one, for any mix and with an outage in between', async () => {
    const change = fc.record({ id: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'), poison: fc.integer({ min: 0, max: 3 }).map(n => n === 0) });
    const rounds = fc.array(fc.record({ changes: fc.array(change, { minLength: 1, maxLength: 8 }), outage: fc.boolean(), sweep: fc.boolean() }), {
      minLength: 1,
      maxLength: 4,
    });
    await fc.assert(
      fc.asyncProperty(rounds, fc.integer({ min: 1, max: 5 }), async (all, pageSize) => {
        await clear();
        backEnd = new BackEnd();
        const down = { is: false };
        const capture = feeding({
          pageSize,
          keep: async em => {
            if (down.is) await em.query(`do $$ begin raise exception 'locked' using errcode = '55P03'; end $$`);
          },
        });
        const last = new Map<string, { title: string; poison: boolean }>();
        let n = 0;
        for (const { changes, outage, sweep } of all) {
          for (const { id, poison } of changes) {
            const title = poison ? half(`${++n}`) : `${++n}`;
            last.set(id, { title, poison });
            backEnd.put({ id, title });
          }
          if (outage) {
            down.is = true;
            await capture.pollNow('notes').catch(() => undefined);
            down.is = false;
            const kept = await database.dataSource.query<{ content: string }[]>('select content from events.set_aside');
            expect(kept.filter(({ content }) => !content.includes('\\ud83d'))).toEqual([]);
          }
          await capture.pollNow('notes');
          if (sweep) await capture.sweepNow('notes');
        }
        const said = await seen();
        for (const [id, { title, poison }] of last) {
          const mine = said.filter(line => line.startsWith(`${id} `));
          expect(mine).toEqual([...mine].sort((a, b) => Number(a.slice(2)) - Number(b.slice(2))));
          if (!poison) expect(mine.at(-1)).toBe(`${id} ${title}`);
        }
        expect((await aside()).sort()).toEqual([...last].flatMap(([id, { poison }]) => (poison ? [id] : [])).sort());
      }),
      { numRuns: 25 },
    );
  });
});
