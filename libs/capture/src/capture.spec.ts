import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { eventsMigrations, SetAsides } from '#events';
import { inTransaction } from '#persistence';
import { configureLog, Metrics } from '#service';
import { built, eventually, testDatabase, type TestDatabase } from '#testing';
import { BackEnd, type Note, noteEvent, notesFeed, publisher } from './back-end.fixture.js';
import type { CaptureOrder } from './capture-child.fixture.js';
import { Capture, withOverlap } from './capture.js';
import { captureMigrations } from './capture.migrations.js';
import type { Feed, SweepWindow } from './feed.js';
import { readWatermarks } from './watermarks.js';

let database: TestDatabase;
let backEnd: BackEnd;
const running: Capture[] = [];

beforeAll(async () => {
  configureLog({ logLevel: 'fatal' });
  database = await testDatabase({ migrations: [...eventsMigrations, ...captureMigrations], poolSize: 20 });
});
afterAll(() => database.close());
beforeEach(() => void (backEnd = new BackEnd()));
afterEach(async () => {
  for (const capture of running.splice(0)) await capture.beforeApplicationShutdown();
  await database.dataSource.query('truncate events.event, events.key_head, capture.feed, capture.shadow, capture.writing, capture.swept');
});

/** One replica of the app. */
function replica(o: { feed?: Partial<Feed<Note>>; polls?: boolean; metrics?: Metrics } = {}): Capture {
  const capture = new Capture(
    { system: 'crm', polls: o.polls ?? false },
    database.dataSource,
    publisher,
    o.metrics ?? new Metrics(),
    new SetAsides(publisher, new Metrics(), database.dataSource),
  );
  capture.register(notesFeed(backEnd, o.feed));
  running.push(capture);
  return capture;
}

interface PublishedNote {
  key: string;
  type: string;
  data: { state: Note; changed: string[]; deleted?: true; initial?: true; attributes?: string[] };
}
const published = async (): Promise<PublishedNote[]> => database.dataSource.query('select key, type, data from events.event order by pos');
const says = async () => (await published()).map(({ key, data }) => `${key} ${data.deleted ? 'deleted' : data.state.title}`);
const state = async () => (await readWatermarks(database.dataSource, 'crm'))[0];

describe('a feed', () => {
  it('says how far it was read, even when it is read rarely', async () => {
    const capture = replica();
    await capture.pollNow('notes');
    await database.dataSource.query('update capture.feed set every_ms = 2000000000');
    expect(await state()).toMatchObject({ feed: 'notes', state: 'live' });
  });

  it('that is stopped between two pages has not failed: the next reader goes on at once', async () => {
    const file = join(await mkdtemp(join(tmpdir(), 'throughline-capture-')), 'log');
    configureLog({ logLevel: 'info', logFile: file });
    backEnd.put({ id: 'a', title: 'one' }, { id: 'b', title: 'two' }, { id: 'c', title: 'three' });
    const capture = replica({ polls: true });
    let stopped: Promise<void> | undefined;
    backEnd.beforePage = page => void (page === 2 && (stopped = capture.beforeApplicationShutdown()));
    await capture.onApplicationBootstrap();
    await eventually(() => stopped !== undefined);
    await stopped;
    configureLog({ logLevel: 'fatal' });
    // Notes are of no declared type, which the publisher says.
    const said = (await readFile(file, 'utf8').catch(() => '')).split('\n').filter(line => line !== '' && !line.includes('as its type declares'));
    expect(said).toEqual([]);
    expect(await database.dataSource.query('select failures, last_error, reader, next_poll_at <= clock_timestamp() due from capture.feed')).toEqual([
      { failures: 0, last_error: null, reader: null, due: true },
    ]);
    expect(await says()).toEqual(['a one', 'b two']);
  });

  it('publishes records of the first read as initial, and later ones as new', async () => {
    const capture = replica();
    backEnd.put({ id: 'a', title: 'one' }, { id: 'b', title: 'two' }, { id: 'c', title: 'three' });
    expect(await capture.pollNow('notes')).toEqual({ items: 3, created: 3, changed: 0, deleted: 0, drifted: 0, events: 3 });
    backEnd.put({ id: 'd', title: 'four' });
    await capture.pollNow('notes');
    expect((await published()).map(({ key, data }) => [key, data.initial ?? false])).toEqual([
      ['a', true],
      ['b', true],
      ['c', true],
      ['d', false],
    ]);
  });

  it('publishes changed attributes once, even when it shows the record repeatedly', async () => {
    const capture = replica({ feed: { overlapMs: 60_000 } });
    backEnd.put({ id: 'a', title: 'one', owner: 'Ann' });
    await capture.pollNow('notes');
    backEnd.put({ id: 'a', title: 'two', owner: 'Ann' });
    for (let i = 0; i < 3; i++) await capture.pollNow('notes');
    expect((await published()).map(({ data }) => data.changed)).toEqual([[], ['title']]);
    expect(await capture.shadow<Note>('note').get('a')).toEqual({ id: 'a', title: 'two', owner: 'Ann' });
  });

  it('takes the later state of a record that comes twice in a page', async () => {
    const read = async function* () {
      yield {
        items: [
          { id: 'a', title: 'older' },
          { id: 'a', title: 'newer' },
        ],
        cursor: '2024-11-20T09:00:00Z',
      };
    };
    await replica({ feed: { read } }).pollNow('notes');
    expect(await says()).toEqual(['a newer']);
  });

  it('begins each read a little before its cursor, when the cursor is an instant', async () => {
    const seen: (string | null)[] = [];
    const read = async function* (cursor: string | null) {
      seen.push(cursor);
      yield { items: [], cursor: '2024-11-20T09:00:00.000Z' };
    };
    const capture = replica({ feed: { overlapMs: 30_000, read } });
    await capture.pollNow('notes');
    await capture.pollNow('notes');
    expect(seen).toEqual([null, '2024-11-20T08:59:30.000Z']);
    expect(withOverlap('page-7', 30_000)).toBe('page-7');
  });

  it('finds nothing new after its cursor was lost, and is then live again', async () => {
    const capture = replica();
    backEnd.put({ id: 'a', title: 'one' }, { id: 'b', title: 'two' });
    await capture.pollNow('notes');
    await database.dataSource.query('update capture.feed set cursor = null');
    expect(await capture.pollNow('notes')).toMatchObject({ items: 2, created: 0, changed: 0, events: 0 });
    expect(await says()).toEqual(['a one', 'b two']);
  });

  it('publishes a deletion that its back end reports, once, but not of a record that we wrote meanwhile', async () => {
    let gone: string[] = [];
    const read = async function* (cursor: string | null) {
      for await (const page of backEnd.pages(cursor, 10)) {
        if (gone.includes('b')) await capture.noteWritten('note', 'b', { id: 'b', title: 'ours' });
        yield { ...page, gone };
      }
    };
    const capture = replica({ feed: { read } });
    backEnd.put({ id: 'a', title: 'one' }, { id: 'b', title: 'two' });
    await capture.pollNow('notes');
    backEnd.delete('a');
    gone = ['a', 'b', 'never-seen'];
    expect(await capture.pollNow('notes')).toMatchObject({ deleted: 1 });
    expect(await capture.pollNow('notes')).toMatchObject({ deleted: 0 });
    expect((await says()).slice(2)).toEqual(['b ours', 'a deleted']);
  });

  it('is read again from the same cursor when a reading ends before a page that moves it', async () => {
    let away = true;
    const seen: (string | null)[] = [];
    const read = async function* (cursor: string | null) {
      seen.push(cursor);
      yield { items: [{ id: 'a', title: 'one' }], cursor: null };
      if (away) throw new Error('the back end is away');
      yield { items: [{ id: 'b', title: 'two' }], cursor: '2024-11-20T09:00:00.000Z' };
    };
    const capture = replica({ feed: { read } });
    await expect(capture.pollNow('notes')).rejects.toThrow('away');
    away = false;
    await capture.pollNow('notes');
    await capture.pollNow('notes');
    expect([seen, await says()]).toEqual([
      [null, null, '2024-11-20T09:00:00.000Z'],
      ['a one', 'b two'],
    ]);
  });

  it('has legal entities looked up set-wise, and publishes the last known ones of deleted records', async () => {
    const asked: number[] = [];
    const legalEntitiesOfAll = async (_: unknown, items: Note[]) => {
      asked.push(items.length);
      return items.map(({ owner }) => [`LF-${owner}`]);
    };
    const capture = replica({
      feed: { legalEntitiesOfAll, pageSize: 10, events: change => [{ ...noteEvent(change), legalEntities: change.legalEntities }] } as Partial<
        Feed<Note>
      >,
    });
    backEnd.put({ id: 'a', title: 'one', owner: 'UK' }, { id: 'b', title: 'two', owner: 'DE' });
    await capture.pollNow('notes');
    backEnd.delete('a');
    await capture.sweepNow('notes');
    const entities = await database.dataSource.query('select key, legal_entities from events.event order by pos');
    expect([asked, entities]).toEqual([
      [2],
      [
        { key: 'a', legal_entities: ['LF-UK'] },
        { key: 'b', legal_entities: ['LF-DE'] },
        { key: 'a', legal_entities: ['LF-UK'] },
      ],
    ]);
  });

  it('publishes a change that was shown out of order once the sweep or the overlap sees it', async () => {
    const capture = replica();
    backEnd.put({ id: 'a', title: 'one' });
    await capture.pollNow('notes');
    // Committed late, with an earlier time than the cursor has.
    backEnd.putSilently({ id: 'late', title: 'two' });
    expect(await capture.pollNow('notes')).toMatchObject({ created: 0 });
    expect(await capture.sweepNow('notes')).toMatchObject({ created: 1, deleted: 0 });
    expect(await says()).toEqual(['a one', 'late two']);
  });
});

describe('a sweep', () => {
  it('finds deletions and changes that the feed missed', async () => {
    const capture = replica();
    backEnd.put({ id: 'a', title: 'one' }, { id: 'b', title: 'two' }, { id: 'c', title: 'three' });
    await capture.pollNow('notes');
    backEnd.delete('b');
    backEnd.putSilently({ id: 'c', title: 'changed in silence' });
    expect(await capture.sweepNow('notes')).toMatchObject({ items: 2, created: 0, changed: 1, deleted: 1 });
    expect((await says()).slice(3)).toEqual(['c changed in silence', 'b deleted']);
    expect(await capture.shadow('note').get('b')).toBeUndefined();
    backEnd.put({ id: 'b', title: 'back' });
    await capture.pollNow('notes');
    expect((await says()).at(-1)).toBe('b back');
  });

  it('that fails midway deletes nothing, and the next one that ends does', async () => {
    const capture = replica();
    for (const id of ['a', 'b', 'c', 'd', 'e']) backEnd.put({ id, title: id });
    await capture.pollNow('notes');
    backEnd.delete('e');
    backEnd.beforePage = page => {
      if (page === 2) throw new Error('the back end is away');
    };
    await expect(capture.sweepNow('notes')).rejects.toThrow('away');
    expect(await capture.shadow('note').count()).toBe(5);
    backEnd.beforePage = () => {};
    expect(await capture.sweepNow('notes')).toMatchObject({ deleted: 1 });
  });

  it('is not believed when it shows less than half of what is known', async () => {
    const capture = replica({ feed: { pageSize: 50 } as Partial<Feed<Note>> });
    for (let i = 0; i < 40; i++) backEnd.put({ id: `n${i}`, title: 'x' });
    await capture.pollNow('notes');
    for (let i = 0; i < 30; i++) backEnd.delete(`n${i}`);
    await expect(capture.sweepNow('notes')).rejects.toMatchObject({ kind: 'conflict', code: 'sweep-not-believed' });
    expect(await capture.shadow('note').count()).toBe(40);
    expect(await state()).toMatchObject({ state: 'failing' });
    expect(await capture.sweepNow('notes', { believe: true })).toMatchObject({ deleted: 30 });
  });

  it('deletes nothing outside its window', async () => {
    const sweepWindow = () => ({ attribute: 'owner', from: '2026-08-01' });
    const sweep = async function* (window?: SweepWindow) {
      yield { items: (await everything()).filter(({ owner }) => owner! >= window!.from) };
    };
    const everything = async () => {
      const notes: Note[] = [];
      for await (const { items } of backEnd.pages(null, 10)) notes.push(...items);
      return notes;
    };
    const capture = replica({ feed: { sweepWindow, sweep } });
    backEnd.put(
      { id: 'old', title: 'old', owner: '2026-07-31' },
      { id: 'a', title: 'a', owner: '2026-08-01' },
      { id: 'b', title: 'b', owner: '2026-09-01' },
    );
    await capture.pollNow('notes');
    backEnd.delete('old');
    backEnd.delete('a');
    expect(await capture.sweepNow('notes')).toMatchObject({ items: 1, deleted: 1 });
    expect((await capture.shadow<Note>('note').list()).items.map(({ id }) => id)).toEqual(['b', 'old']);
  });

  it('rereads records that it did not see, and keeps those that still exist', async () => {
    const asked: string[][] = [];
    const again = async (unseen: Note[]) => {
      asked.push(unseen.map(({ id }) => id));
      return { items: unseen.filter(({ id }) => id === 'slipped').map(note => ({ ...note, title: 'slipped between two pages' })) };
    };
    const sweep = async function* () {
      yield { items: [{ id: 'a', title: 'one' }] };
    };
    const capture = replica({ feed: { reread: again, sweep } });
    backEnd.put({ id: 'a', title: 'one' }, { id: 'slipped', title: 'two' }, { id: 'gone', title: 'three' });
    await capture.pollNow('notes');
    expect(await capture.sweepNow('notes')).toMatchObject({ items: 2, changed: 1, deleted: 1 });
    expect([asked, (await says()).slice(3)]).toEqual([[['gone', 'slipped']], ['slipped slipped between two pages', 'gone deleted']]);
  });

  it('does not touch records that were written while it ran', async () => {
    const capture = replica();
    backEnd.put({ id: 'a', title: 'one' }, { id: 'b', title: 'two' }, { id: 'c', title: 'three' });
    await capture.pollNow('notes');
    backEnd.beforePage = async page => {
      if (page === 2) await capture.noteWritten('note', 'new', { id: 'new', title: 'ours' });
    };
    expect(await capture.sweepNow('notes')).toMatchObject({ deleted: 0 });
    expect(await capture.shadow('note').get('new')).toBeDefined();
  });
});

describe('what we wrote', () => {
  it('is published once, at once, and is an echo when the feed shows it', async () => {
    const capture = replica({ feed: { ownedAttributes: [] } });
    backEnd.put({ id: 'a', title: 'one' });
    await capture.pollNow('notes');
    await capture.noteWritten('note', 'a', { id: 'a', title: 'ours' });
    backEnd.put({ id: 'a', title: 'ours' });
    expect(await capture.pollNow('notes')).toMatchObject({ changed: 0, drifted: 0, events: 0 });
    expect(await says()).toEqual(['a one', 'a ours']);
  });

  it('is published with the transaction that it was noted in, or not at all', async () => {
    const capture = replica();
    const undone = inTransaction(database.dataSource, async em => {
      await capture.noteWritten('note', 'a', { id: 'a', title: 'ours' }, em);
      throw new Error('no');
    });
    await expect(undone).rejects.toThrow('no');
    expect(await says()).toEqual([]);
  });

  it('is not undone by a page that was read before the write, after the feed had to be waited for', async () => {
    const capture = replica();
    backEnd.put({ id: 'a', title: 'one' });
    await capture.pollNow('notes');
    await database.dataSource.query('update capture.feed set cursor = null');
    backEnd.beforePage = () => capture.noteWritten('note', 'a', { id: 'a', title: 'ours' });
    let polled: Promise<unknown> = Promise.resolve();
    await database.dataSource.transaction(async em => {
      await em.query('select 1 from capture.feed for update');
      polled = capture.pollNow('notes');
      await eventually(async () => {
        const [{ waits }] = await em.query<{ waits: boolean }[]>(
          `select exists (select 1 from pg_locks l join pg_stat_activity a using (pid) where not l.granted and a.datname = current_database()
             and l.waitstart < clock_timestamp() - interval '500 ms') waits`,
        );
        return waits;
      });
    });
    await polled;
    expect(await says()).toEqual(['a one', 'a ours']);
  });

  it('is not undone by a page that was read before the write', async () => {
    const capture = replica();
    backEnd.put({ id: 'a', title: 'one' });
    await capture.pollNow('notes');
    await database.dataSource.query('update capture.feed set cursor = null');
    backEnd.beforePage = () => capture.noteWritten('note', 'a', { id: 'a', title: 'ours' });
    await capture.pollNow('notes');
    expect(await says()).toEqual(['a one', 'a ours']);
    expect(await capture.shadow<Note>('note').get('a')).toMatchObject({ title: 'ours' });
  });

  it('is one new record, published once, when the feed and the note race', async () => {
    const capture = replica();
    await capture.pollNow('notes');
    for (let i = 0; i < 10; i++) {
      const note = { id: `r${i}`, title: 'race' };
      backEnd.put(note);
      await Promise.all([capture.pollNow('notes'), capture.noteWritten('note', note.id, note)]);
    }
    expect(await says()).toHaveLength(10);
  });
});

describe('drift', () => {
  it('is published when somebody changes an attribute that the back end does not own', async () => {
    const capture = replica({ feed: { ownedAttributes: ['owner'] } });
    backEnd.put({ id: 'a', title: 'one', owner: 'Ann' });
    await capture.pollNow('notes');
    backEnd.put({ id: 'a', title: 'one', owner: 'Bob' });
    expect(await capture.pollNow('notes')).toMatchObject({ changed: 1, drifted: 0 });
    backEnd.put({ id: 'a', title: 'theirs', owner: 'Cy' });
    expect(await capture.pollNow('notes')).toMatchObject({ changed: 1, drifted: 1 });
    const drift = (await published()).filter(({ type }) => type === 'drift.detected.v1');
    expect(drift.map(({ data }) => data)).toEqual([{ noun: 'note', id: 'a', system: 'crm', attributes: ['title'] }]);
  });

  it('is published again when our write is changed afterwards, but not while we are writing', async () => {
    const capture = replica({ feed: { ownedAttributes: [] } });
    backEnd.put({ id: 'a', title: 'one' });
    await capture.pollNow('notes');
    await capture.noteWriting('note', 'a');
    backEnd.put({ id: 'a', title: 'half written' });
    expect(await capture.pollNow('notes')).toMatchObject({ changed: 1, drifted: 0 });
    await capture.noteWritten('note', 'a', { id: 'a', title: 'ours' });
    backEnd.put({ id: 'a', title: 'ours' });
    expect(await capture.pollNow('notes')).toMatchObject({ changed: 0, drifted: 0 });
    backEnd.put({ id: 'a', title: 'theirs' });
    expect(await capture.pollNow('notes')).toMatchObject({ changed: 1, drifted: 1 });
  });
});

describe('replicas', () => {
  it('read a feed one at a time, and about as often as it says', async () => {
    let reading = 0;
    let most = 0;
    let reads = 0;
    const read = async function* () {
      reads++;
      most = Math.max(most, ++reading);
      await new Promise(resolve => setTimeout(resolve, 10));
      yield { items: [], cursor: '2024-11-20T09:00:00Z' };
      reading--;
    };
    const three = [0, 1, 2].map(() => replica({ polls: true, feed: { read, everyMs: 100 } }));
    const before = performance.now();
    for (const capture of three) await capture.onApplicationBootstrap();
    await eventually(() => reads >= 6);
    expect(most).toBe(1);
    expect((performance.now() - before) / reads).toBeGreaterThan(80);
  });

  it('answer a pause in the middle of a reading as soon as its page has come', async () => {
    backEnd.put({ id: 'n1', title: 'one' }, { id: 'n2', title: 'two' }, { id: 'n3', title: 'three' });
    const asked = Promise.withResolvers<void>();
    const come = Promise.withResolvers<void>();
    backEnd.beforePage = page => {
      if (page !== 2) return;
      asked.resolve();
      return come.promise;
    };
    // The lease outlasts the test, so only the reader itself can release the feed.
    const capture = replica({ polls: true, feed: { leaseMs: 600_000 } });
    await capture.onApplicationBootstrap();
    await asked.promise;
    const paused = capture.pause('notes');
    come.resolve();
    await paused;
    expect(await state()).toMatchObject({ feed: 'notes', state: 'paused' });
  });

  it('stay quiet while the feed is paused, over restarts, and go on when it is resumed', async () => {
    const capture = replica({ polls: true });
    await capture.onApplicationBootstrap();
    await eventually(() => backEnd.calls > 2);
    await capture.pause('notes');
    const other = replica({ polls: true });
    await other.onApplicationBootstrap();
    const { calls } = backEnd;
    await expect(other.pollNow('notes')).rejects.toMatchObject({ kind: 'conflict', code: 'feed-paused' });
    expect(await state()).toMatchObject({ feed: 'notes', state: 'paused' });
    const quietUntil = performance.now() + 300;
    await eventually(() => performance.now() > quietUntil);
    expect(backEnd.calls).toBe(calls);
    await other.resume('notes');
    await eventually(() => backEnd.calls > calls);
  });

  it('lose and double nothing when one is killed between a page and its commit', async () => {
    const program = join(await built(), 'libs/capture/src/capture-child.fixture.js');
    for (const moment of ['before', 'within'] as const) {
      const order: CaptureOrder = { databaseUrl: database.url, notes: 7, diesInPage: 3, moment };
      const child = fork(program, { execArgv: [], env: { ...process.env, CAPTURE_CHILD: JSON.stringify(order) } });
      await once(child, 'exit');
      expect(child.signalCode).toBe('SIGKILL');
      expect(await says()).toHaveLength(4); // two pages of two
      for (let i = 0; i < 7; i++) backEnd.put({ id: `n${i}`, title: `note ${i}` });
      // expires the dead reader's lease without the wait
      await database.dataSource.query(`update capture.feed set reader_until = '-infinity'`);
      await replica().pollNow('notes');
      expect((await published()).map(({ key, data }) => [key, data.initial])).toEqual(Array.from({ length: 7 }, (_, i) => [`n${i}`, true]));
      await database.dataSource.query('truncate events.event, events.key_head, capture.feed, capture.shadow, capture.swept');
    }
  }, 120_000);

  it('throw away what a frozen reader stores after another has taken over', async () => {
    const program = join(await built(), 'libs/capture/src/capture-child.fixture.js');
    const order: CaptureOrder = { databaseUrl: database.url, notes: 4, diesInPage: 2, moment: 'stopped' };
    const child = fork(program, { execArgv: [], env: { ...process.env, CAPTURE_CHILD: JSON.stringify(order) } });
    const outcome = once(child, 'message');
    await eventually(async () => (await says()).length === 2, { withinMs: 30_000 });
    await database.dataSource.query(`update capture.feed set reader_until = '-infinity'`);
    for (let i = 0; i < 4; i++) backEnd.put({ id: `n${i}`, title: 'newer' });
    await replica().pollNow('notes');
    child.kill('SIGCONT');
    expect((await outcome)[0]).toBe('feed-lost');
    expect(await says()).toEqual(['n0 note 0', 'n1 note 1', 'n1 newer', 'n2 newer', 'n3 newer']);
  }, 120_000);
});

describe('watermarks', () => {
  it('move with every successful poll although nothing changed', async () => {
    const capture = replica();
    await capture.pollNow('notes');
    const first = await state();
    await capture.pollNow('notes');
    const second = await state();
    expect(first).toMatchObject({ system: 'crm', feed: 'notes', state: 'live' });
    expect(Date.parse(second.readTo!)).toBeGreaterThan(Date.parse(first.readTo!));
    expect(Date.parse(second.polledAt!)).toBeGreaterThanOrEqual(Date.parse(second.readTo!));
  });

  it('are behind before the first reading has ended, and when nobody has read for long', async () => {
    const capture = replica();
    backEnd.put({ id: 'a', title: 'one' }, { id: 'b', title: 'two' }, { id: 'c', title: 'three' });
    backEnd.beforePage = async page => {
      if (page === 2) expect(await state()).toMatchObject({ state: 'behind', readTo: null });
    };
    await capture.pollNow('notes');
    expect(await state()).toMatchObject({ state: 'live' });
    await database.dataSource.query(`update capture.feed set polled_at = clock_timestamp() - interval '1 hour'`);
    expect(await state()).toMatchObject({ state: 'behind' });
  });

  it('say why a feed fails, without secrets, and nothing is lost when it works again', async () => {
    const capture = replica();
    await capture.pollNow('notes');
    const { readTo } = await state();
    backEnd.put({ id: 'a', title: 'one' }, { id: 'b', title: 'two' }, { id: 'c', title: 'three' });
    backEnd.beforePage = page => {
      if (page === 2) throw new Error('refused with Authorization: Bearer abcdefgh123');
    };
    await expect(capture.pollNow('notes')).rejects.toThrow('refused with');
    const failing = await state();
    expect(failing).toMatchObject({ state: 'failing', readTo });
    expect(failing.error).toContain('refused with');
    expect(failing.error).not.toContain('abcdefgh123');
    backEnd.beforePage = () => {};
    await capture.pollNow('notes');
    expect(await state()).toMatchObject({ state: 'live' });
    expect(await says()).toEqual(['a one', 'b two', 'c three']);
  });

  it('come back by themselves after an outage', async () => {
    const capture = replica({ polls: true });
    backEnd.beforePage = () => {
      throw new Error('away');
    };
    await capture.onApplicationBootstrap();
    await eventually(async () => (await state())?.state === 'failing');
    backEnd.beforePage = () => {};
    backEnd.put({ id: 'a', title: 'one' });
    await eventually(async () => (await says()).length === 1);
    // The change arrives with its page; the state changes when the whole reading is over.
    await eventually(async () => (await state())?.state === 'live');
  });

  it('are counted and measured', async () => {
    const metrics = new Metrics();
    const capture = replica({ metrics });
    backEnd.put({ id: 'a', title: 'one' });
    await capture.pollNow('notes');
    const text = await metrics.registry.metrics();
    expect(text).toContain('throughline_feed_changes_total{feed="notes",kind="created"} 1');
    expect(text).toContain('throughline_feed_reads_total{feed="notes",what="poll",outcome="ok"} 1');
    expect(text).toMatch(/throughline_feed_lag_seconds\{feed="notes"\} 0\.\d+/);
  });
});

describe('the shadow', () => {
  it('is listed in pages that survive inserts and deletes, filtered and secured', async () => {
    const capture = replica();
    for (const id of ['a', 'c', 'e', 'g', 'i'])
      backEnd.put({ id, title: id, owner: id < 'f' ? 'Ann' : 'Bob', legalEntity: id === 'c' ? undefined : 'LF-UK' });
    await capture.pollNow('notes');
    const notes = capture.shadow<Note>('note');
    const first = await notes.list({ limit: 2 });
    expect([first.items.map(({ id }) => id), first.next]).toEqual([['a', 'c'], 'c']);
    backEnd.put({ id: 'b', title: 'b' }, { id: 'd', title: 'd' });
    backEnd.delete('a');
    await capture.pollNow('notes');
    await capture.sweepNow('notes');
    const rest = await notes.list({ after: first.next!, limit: 10 });
    expect([rest.items.map(({ id }) => id), rest.next]).toEqual([['d', 'e', 'g', 'i'], null]);
    expect((await notes.list({ where: { owner: 'Bob' } })).items.map(({ id }) => id)).toEqual(['g', 'i']);
    expect((await notes.list({ where: { owner: ['Ann', 'Bob'] } })).items).toHaveLength(4);
    expect((await notes.list({ where: { owner: null } })).items.map(({ id }) => id)).toEqual(['b', 'd']);
    expect((await notes.list({ whereNot: { owner: ['Bob', 'Cid'] } })).items.map(({ id }) => id)).toEqual(['b', 'c', 'd', 'e']);
    expect((await notes.list({ where: { title: 'g', owner: undefined } })).items.map(({ id }) => id)).toEqual(['g']);
    expect(await notes.count({ viewer: { legalEntities: ['LF-DE'], seesUnassigned: false } })).toBe(0);
    expect(await notes.count({ viewer: { legalEntities: ['LF-DE'], seesUnassigned: true } })).toBe(3);
    expect(await notes.count({ viewer: { legalEntities: ['LF-UK'], seesUnassigned: false } })).toBe(3);
    expect(await notes.count({ viewer: { legalEntities: '*', seesUnassigned: true } })).toBe(6);
    // `*` means all legal entities; it does not include records without one.
    expect(await notes.count({ viewer: { legalEntities: '*', seesUnassigned: false } })).toBe(3);
  });

  it('takes in 5,000 records in a few seconds and as many unchanged ones in less', async () => {
    const capture = replica({ feed: { pageSize: 100 } as Partial<Feed<Note>> });
    for (let i = 0; i < 5_000; i++) backEnd.put({ id: `n${i}`, title: 'x'.repeat(500), owner: 'Ann' });
    const before = performance.now();
    expect(await capture.pollNow('notes')).toMatchObject({ created: 5_000, events: 5_000 });
    const loadedMs = performance.now() - before;
    expect(await capture.sweepNow('notes')).toMatchObject({ items: 5_000, created: 0, changed: 0, deleted: 0 });
    console.log(`5,000 records: ${Math.round(loadedMs)} ms first, ${Math.round(performance.now() - before - loadedMs)} ms again`);
  });
});
