import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { countStatements, differencesOf, testDatabase, type TestDatabase } from '#testing';
import { column, type Columns, type ReadRow, recordset, Table, table, type WrittenRow } from './table.js';

const columns = {
  id: column.text(),
  state: column.text<'open' | 'done'>(),
  revision: column.bigint(),
  due: column.date().called('due_on'),
  seenAt: column.instant(),
  worth: column.numeric(21, 6).orNull(),
  currency: column.char(3).orNull(),
  pages: column.integer().orNull(),
  urgent: column.boolean(),
  reasons: column.json<{ code: string }[]>().orNull(),
  teams: column.texts(),
};
const task = table('shop.task', columns, ['id']);
const UPSERT = `with r as (select * from ${recordset('r', columns)}) ${task.upsert({
  from: 'r',
  as: 't',
  where: 'excluded.revision > t.revision',
  instead: { teams: 't.teams || excluded.teams' },
})} returning id`;

type Row = WrittenRow<typeof columns>;
const aTask: Row = {
  id: 'a',
  state: 'open',
  revision: 1,
  due: '2026-03-29',
  seenAt: '2026-03-29T01:30:00.123Z',
  worth: '12.345678',
  currency: 'EUR',
  pages: 3,
  urgent: false,
  reasons: [{ code: 'late "or" not' }],
  teams: ['x', 'with, comma'],
};

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
  await database.dataSource.query(`create schema shop;
    create table shop.task(id text primary key, state text not null, revision bigint not null, due_on date not null, seen_at timestamptz not null,
      worth numeric(21,6), currency char(3), pages integer, urgent boolean not null, reasons jsonb, teams text[] not null)`);
});
afterAll(() => database?.close());

const write = (...rows: Row[]) => database.dataSource.query<{ id: string }[]>(UPSERT, [JSON.stringify(rows)]);
const read = () => database.dataSource.query<ReadRow<typeof columns>[]>(`select ${task.selected('t')} from shop.task t order by id`);

describe('a declared table', () => {
  it('writes sets and reads them as its types say: days and exact numbers as texts, moments as dates', async () => {
    const bare = { ...aTask, id: 'b', worth: undefined, currency: null, pages: undefined, reasons: null, teams: [] };
    expect(await write(aTask, bare)).toEqual([{ id: 'a' }, { id: 'b' }]);
    const asRead = { ...aTask, revision: '1', seenAt: new Date('2026-03-29T01:30:00.123Z') };
    expect(await read()).toEqual([asRead, { ...asRead, id: 'b', worth: null, currency: null, pages: null, reasons: null, teams: [] }]);
  });

  it('overwrites what is there where it may, with other values where they are stated', async () => {
    expect(await write({ ...aTask, revision: 1, state: 'done' })).toEqual([]);
    expect(await write({ ...aTask, revision: 2, state: 'done', teams: ['y'] })).toEqual([{ id: 'a' }]);
    expect((await read())[0]).toMatchObject({ state: 'done', revision: '2', teams: ['x', 'with, comma', 'y'] });
  });

  it('reads fewer columns as a table without them', async () => {
    const [row] = await database.dataSource.query<object[]>(
      `select ${task.without('reasons', 'teams', 'seenAt', 'worth', 'currency').selected('t')} from shop.task t order by id`,
    );
    expect(row).toEqual({ id: 'a', state: 'done', revision: '2', due: '2026-03-29', pages: 3, urgent: false });
  });

  it('writes and reads some of its columns alone, and overwrites always where no condition is stated', async () => {
    const some = task.only('id', 'state', 'revision', 'due', 'seenAt', 'urgent', 'teams');
    const put = some.upsert({ from: recordset('r', some.columns), as: 't', instead: { seenAt: 't.seen_at' } });
    const { worth: _, currency: _c, pages: _p, reasons: _r, ...row } = { ...aTask, state: 'open' as const, seenAt: '2026-04-01T00:00:00Z' };
    await database.dataSource.query(put, [JSON.stringify([row])]);
    const seen = await database.dataSource.query<object[]>(
      `select ${task.only('revision', 'seenAt', 'pages').selected('t')} from shop.task t order by id`,
    );
    expect(seen[0]).toEqual({ revision: '1', seenAt: new Date('2026-03-29T01:30:00.123Z'), pages: 3 });
  });

  it('moves rows on by a set of some columns, and sets others besides', async () => {
    const progress = task.only('id', 'state', 'pages', 'due');
    const move = progress.update({ as: 't', given: 'm', instead: { pages: 'coalesce(m.pages, t.pages)' }, also: 'revision = t.revision + 1' });
    const rows = [progress.rowOf({ ...aTask, state: 'open', pages: undefined, due: '2026-03-30' }), { id: 'none', state: 'open', due: '2026-03-30' }];
    await database.dataSource.query(move, [JSON.stringify(rows)]);
    expect(await read()).toMatchObject([
      { id: 'a', state: 'open', revision: '2', pages: 3, due: '2026-03-30', urgent: false },
      { id: 'b', due: '2026-03-29' },
    ]);
  });

  it('takes nothing in JSON for null', async () => {
    const nulls = await database.dataSource.query<{ id: string }[]>('select id from shop.task where reasons is null');
    expect(nulls).toEqual([{ id: 'b' }]);
  });

  it('is checked by the compiler', () => {
    const { pages: _, ...forgotten } = aTask;
    // @ts-expect-error a column is forgotten, although it may be null
    const rows: Row[] = [forgotten];
    // @ts-expect-error a word that the column does not take
    rows.push({ ...aTask, state: 'opened' });
    // @ts-expect-error null where the database takes none
    rows.push({ ...aTask, urgent: null });
    // @ts-expect-error no column of that name
    task.without('reason');
    const worth = (row: ReadRow<typeof columns>): string | null => row.worth;
    // @ts-expect-error it may be null
    const surely = (row: ReadRow<typeof columns>): string => row.worth;
    expect([rows.length, worth, surely]).toHaveLength(3);
  });
});

describe('an entity of a declared table', () => {
  const tasks = () => database.dataSource.getRepository(task.entity);
  const aRow: ReadRow<typeof columns> = {
    ...(aTask as ReadRow<typeof columns>),
    id: 'edited',
    due: '1901-12-13',
    revision: '9007199254740993',
    seenAt: new Date('2026-03-29T01:30:00.123Z'),
  };

  it('is read as the table is, whatever the kind of its columns', async () => {
    await tasks().insert(aRow);
    expect(await tasks().findOneBy({ id: 'edited' })).toEqual(aRow);
    expect((await read()).find(({ id }) => id === 'edited')).toEqual(aRow);
  });

  it('is overwritten by a row that states each column, with nothing where that says null', async () => {
    const bare = { ...aRow, worth: null, currency: null, pages: null, reasons: null, teams: [] };
    await tasks().upsert(bare, ['id']);
    expect(await tasks().findOneBy({ id: 'edited' })).toEqual(bare);
    expect(await database.dataSource.query(`select 1 from shop.task where id = 'edited' and reasons is null`)).toHaveLength(1);
    // @ts-expect-error undefined would leave the column as it is
    const forgotten: typeof bare = { ...bare, worth: undefined };
    expect(forgotten.worth).toBeUndefined();
  });

  it('is read and written in one statement each, and only what is looked for', async () => {
    const { texts } = countStatements(database.dataSource);
    await database.dataSource.transaction(async em => {
      const row = await em.getRepository(task.entity).findOne({ where: { id: 'edited' }, lock: { mode: 'pessimistic_write' } });
      await em.getRepository(task.entity).upsert({ ...row!, state: 'done' }, ['id']);
      await em.getRepository(task.entity).delete({ id: 'edited' });
    });
    expect(texts.map(text => text.split(' ')[0])).toEqual(['START', 'SELECT', 'INSERT', 'DELETE', 'COMMIT']);
    await expect(tasks().findOneBy({ id: undefined })).rejects.toThrow('Undefined value');
  });
});

describe('a declaration that the database differs from', () => {
  const differing = (changed: Columns, key = ['id']) => differencesOf(database.dataSource, new Table('shop.task', { ...columns, ...changed }, key));

  it('says nothing where they agree', async () => {
    expect(await differing({})).toEqual([]);
  });

  it.each<[string, Columns, string]>([
    ['another type', { pages: column.bigint().orNull() }, 'shop.task.pages is integer, and declared bigint'],
    ['another precision', { worth: column.numeric(10, 2).orNull() }, 'shop.task.worth is numeric(21,6), and declared numeric(10,2)'],
    ['null', { urgent: column.boolean().orNull() }, 'shop.task.urgent is boolean not null, and declared boolean'],
    ['a column that is not there', { colour: column.text() }, 'shop.task.colour is not there, and declared text not null'],
  ])('tells %s', async (_, changed, difference) => {
    expect(await differing(changed)).toEqual([difference]);
  });

  it('tells a column that was forgotten, and another key', async () => {
    expect(await differencesOf(database.dataSource, task.without('teams'))).toEqual(['shop.task.teams is text[] not null, and declared not at all']);
    expect(await differing({}, ['id', 'state'])).toEqual(['shop.task.state is text not null, and declared text not null, of its key']);
  });

  it('tells a table that is not there', async () => {
    expect(await differencesOf(database.dataSource, new Table('shop.nothing', { id: column.text() }, ['id']))).toEqual([
      'shop.nothing.id is not there, and declared text not null, of its key',
    ]);
  });
});
