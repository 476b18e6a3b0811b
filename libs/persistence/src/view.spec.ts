import type { Database } from './database.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testDatabase, type TestDatabase } from '#testing';
import { dataSourceFor } from './data-source.js';
import { inTransaction } from './transaction.js';
import { type View, withFullView, withView } from './view.js';

const UK: View = { legalEntities: ['LF-UK', 'with "quotes", a comma and a \\'], seesUnassigned: false, fieldRights: ['worker.cost-rate'] };
const STATED = `select coalesce(nullif(current_setting('throughline.entities', true), ''), '{}')::text[] entities,
  coalesce(current_setting('throughline.unassigned', true), '') unassigned,
  coalesce(nullif(current_setting('throughline.field_rights', true), ''), '{}')::text[] rights, current_user as role`;

describe('the view of the work at hand', () => {
  let database: TestDatabase;
  let source: Database;
  beforeAll(async () => {
    database = await testDatabase();
    await database.dataSource.query(`do $$ begin create role sees_all nologin; exception when duplicate_object then null; end $$`);
    // One connection, so that each statement would see what another left behind.
    source = await dataSourceFor({ name: 'viewed', migrations: [], poolSize: 1 }, database.url, { name: 'sees_all' }).initialize();
  });
  afterAll(async () => {
    await source.destroy();
    await database.close();
  });

  const stated = async (ask: { query: Database['query'] } = source) => (await ask.query(STATED))[0];
  const nothing = { entities: [], unassigned: expect.stringMatching(/^(off|)$/), rights: [], role: 'throughline' };

  it('is stated with a statement of its own, with and without values, and gone with it', async () => {
    const theirs = { entities: UK.legalEntities, unassigned: 'off', rights: UK.fieldRights, role: 'throughline' };
    expect(await withView(UK, () => stated())).toEqual(theirs);
    expect(await stated()).toEqual(nothing);
    const [row] = await withView(UK, () => source.query(`select current_setting('throughline.entities') entities, $1::int n`, [7]));
    expect(row).toEqual({ entities: expect.stringContaining('LF-UK'), n: 7 });
    expect(await stated()).toEqual(nothing);
  });

  it('answers as if nothing had gone before the statement', async () => {
    await source.query('create table public.thing(n int)');
    // The role that sees everything has only what it was granted.
    await expect(withFullView('a test', () => source.query('insert into public.thing values ($1)', [3]))).rejects.toThrow('permission denied');
    await withView(UK, async () => {
      expect(await source.query('select 1 one')).toEqual([{ one: 1 }]);
      expect(await source.query('insert into public.thing values ($1) returning n', [3])).toEqual([{ n: 3 }]);
      expect(await source.query('update public.thing set n = n + $1', [1])).toEqual([[], 1]);
      expect(await source.query('delete from public.thing')).toEqual([[], 1]);
      await expect(source.query('select 1/$1::int', [0])).rejects.toThrow('division by zero');
    });
    expect(await stated()).toEqual(nothing);
  });

  it('is everything by a role of its own, and changes within a transaction with the work', async () => {
    await withView(UK, () =>
      inTransaction(source, async em => {
        expect(await stated(em)).toMatchObject({ role: 'throughline', entities: UK.legalEntities });
        expect(await withFullView('a test', () => stated(em))).toMatchObject({
          role: 'sees_all',
          entities: ['*'],
          unassigned: 'on',
          rights: ['*'],
        });
        expect(await stated(em)).toMatchObject({ role: 'throughline', entities: UK.legalEntities });
        expect(await withView(undefined, () => stated(em))).toEqual(nothing);
        await em
          .transaction(async inner => {
            await withFullView('a test', () => stated(inner));
            throw new Error('back to the savepoint');
          })
          .catch(() => undefined);
        // What was stated since the savepoint went with it.
        expect(await withFullView('a test', () => stated(em))).toMatchObject({ role: 'sees_all' });
        expect(await stated(em)).toMatchObject({ role: 'throughline', entities: UK.legalEntities });
      }),
    );
    expect(await stated()).toEqual(nothing);
  });

  it('leaves rows of no legal entity to row security where it lacks the right to them', async () => {
    const noneUnassigned = { ...UK, legalEntities: '*', seesUnassigned: false } as const;
    expect(await withView(noneUnassigned, () => stated())).toMatchObject({ role: 'throughline', entities: ['*'], unassigned: 'off' });
  });

  it('is stated for the next statement where it could not be for the one before', async () => {
    const without = await dataSourceFor({ name: 'without', migrations: [], poolSize: 1 }, database.url, { name: 'no_such_role' }).initialize();
    const asked = (view: <T>(work: () => T) => T) =>
      view(() => without.query<{ entities: string }[]>(`select current_setting('throughline.entities') entities, $1::int n`, [7]));
    await expect(asked(work => withFullView('a test', work))).rejects.toThrow('role "no_such_role" does not exist');
    const [row] = await asked(work => withView(UK, work));
    expect(row.entities).toContain('LF-UK');
    await without.destroy();
  });

  it('goes before no statement that takes none before it: the level of a transaction, a vacuum', async () => {
    await withView(UK, async () => {
      await source.transaction('SERIALIZABLE', async em => expect(await stated(em)).toMatchObject({ entities: UK.legalEntities }));
      await source.query('vacuum public.thing');
    });
    expect(await stated()).toEqual(nothing);
  });

  it('is gone from the connection after each kind of end', async () => {
    const fails = inTransaction(source, async em => {
      await stated(em);
      await em.query('select 1/0');
    });
    await expect(withFullView('a test', () => fails)).rejects.toThrow('division by zero');
    await withFullView('a test', async () => {
      await expect(source.transaction(em => em.query('select 1/0'))).rejects.toThrow('division by zero');
      await expect(source.query('select 1/0')).rejects.toThrow('division by zero');
      await source.transaction(em => em.query('select 1'));
      await source.query(`set statement_timeout = 20`);
      await expect(source.query('select pg_sleep($1)', [5])).rejects.toThrow('statement timeout');
      await source.query(`set statement_timeout = 0`);
      expect(await stated()).toMatchObject({ role: 'sees_all' });
    });
    expect(await stated()).toEqual(nothing);
  });

  it("is each worker's own while many share the connections", async () => {
    const many = await dataSourceFor({ name: 'many', migrations: [], poolSize: 4 }, database.url, { name: 'sees_all' }).initialize();
    const asked = Array.from({ length: 60 }, (_, n) =>
      withView({ legalEntities: [`E${n}`], seesUnassigned: n % 2 === 0, fieldRights: [] }, () =>
        n % 3 === 0 ? many.transaction(em => stated(em)) : stated(many),
      ),
    );
    expect((await Promise.all(asked)).map(row => [row.entities, row.unassigned])).toEqual(
      asked.map((_, n) => [[`E${n}`], n % 2 === 0 ? 'on' : 'off']),
    );
    expect(await stated(many)).toEqual(nothing);
    await many.destroy();
  });
});
