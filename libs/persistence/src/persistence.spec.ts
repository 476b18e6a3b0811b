import { Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { Database, type MigrationInterface, type QueryRunner } from './database.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, TEST_ROLES, testDatabase, type TestDatabase, urlAs } from '#testing';
import { DatabaseModule, databaseUrl, dataSourceFor, inTransaction, migrate, type MigrationClass, queueHead } from './index.js';

class MakesA1763699999001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('create schema room');
    await runner.query('create table room.a(id int primary key, n int not null default 0)');
  }
  async down(): Promise<void> {}
}

class MakesB1763699999002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('create table room.b(id int primary key)');
  }
  async down(): Promise<void> {}
}

describe('persistence', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await testDatabase({ migrations: [MakesA1763699999001] });
  });
  afterAll(() => database.close());

  it('migrates once when several processes start together with different lists', async () => {
    const sources = [1, 2, 3, 4].map(n =>
      dataSourceFor({ name: `p${n}`, migrations: n % 2 ? [MakesA1763699999001, MakesB1763699999002] : [MakesB1763699999002] }, database.url),
    );
    await Promise.all(sources.map(async source => migrate(await source.initialize())));
    const rows = await database.dataSource.query('select name, count(*)::int n from schema_migration group by name order by name');
    expect(rows).toEqual([
      { name: 'MakesA1763699999001', n: 1 },
      { name: 'MakesB1763699999002', n: 1 },
    ]);
    await Promise.all(sources.map(source => source.destroy()));
  });

  it('connects before any module of the app is initialised, with a role that may do no more than it must', async () => {
    let sawTable = false;
    @Module({})
    class Uses {
      constructor(private readonly dataSource: Database) {}
      async onModuleInit(): Promise<void> {
        sawTable = (await this.dataSource.query(`select true as there from pg_class where relname = 'b'`))[0].there;
      }
    }
    const start = async (migrations: MigrationClass[], url: string) => {
      process.env.X_DATABASE_URL = url;
      const module = await Test.createTestingModule({ imports: [Uses, DatabaseModule.forApp({ name: 'x', migrations })] }).compile();
      expect(module.get(Database).isInitialized).toBe(false);
      await module.init().finally(() => delete process.env.X_DATABASE_URL);
      return module;
    };
    const both = [MakesA1763699999001, MakesB1763699999002];
    const module = await start(both, urlAs(TEST_ROLES.app('fixture'), database.url));
    expect(sawTable).toBe(true);
    await module.close();
    expect(module.get(Database).isInitialized).toBe(false);
    await expect(start(both, database.url)).rejects.toThrow('The database role throughline is superuser');
    await expect(start(both, urlAs(TEST_ROLES.owner, database.url))).rejects.toThrow('t_owner');
    class Later1763699999003 extends MakesA1763699999001 {}
    await expect(start([...both, Later1763699999003], urlAs(TEST_ROLES.app('fixture'), database.url))).rejects.toThrow(
      'which is older than this app',
    );
  });

  it('runs a deadlocked transaction again, whole', async () => {
    await database.dataSource.query('insert into room.a(id) values (1), (2)');
    const add = (first: number, second: number) =>
      inTransaction(database.dataSource, async em => {
        await em.query('update room.a set n = n + 1 where id = $1', [first]);
        await em.query('select pg_sleep(0.05)');
        await em.query('update room.a set n = n + 1 where id = $1', [second]);
      });
    await Promise.all([add(1, 2), add(2, 1), add(1, 2), add(2, 1)]);
    expect(await database.dataSource.query('select id, n from room.a order by id')).toEqual([
      { id: 1, n: 4 },
      { id: 2, n: 4 },
    ]);
  });

  it('runs again on a unique violation only when asked to', async () => {
    const insertTwice = (retryUnique: boolean) => {
      let runs = 0;
      return inTransaction(
        database.dataSource,
        async em => {
          await em.query('insert into room.b(id) values ($1)', [retryUnique ? 7 + runs++ : 7]);
        },
        { retryUnique },
      );
    };
    await insertTwice(false);
    await expect(insertTwice(false)).rejects.toThrow(/duplicate key/);
    await insertTwice(true);
    expect(await database.dataSource.query('select id from room.b where id in (7, 8)')).toHaveLength(2);
  });

  it('says which setting is missing or wrong', () => {
    expect(() => databaseUrl({})).toThrow(/DATABASE_URL is not set/);
    expect(() => databaseUrl({ DATABASE_URL: 'mysql://x' })).toThrow(/DATABASE_URL is not a Postgres URL/);
  });

  it('reads the head of a queue without a look at all that was ever in it', async () => {
    const { dataSource } = database;
    await dataSource.query(`
      create table room.line(id int primary key, due int not null, waits boolean not null, said text not null) with (autovacuum_enabled = false);
      create index line_waits on room.line(due, id) where waits;
      insert into room.line select n, n, true, repeat('x', 500) from generate_series(1, 20000) n;
      update room.line set waits = false where id <= 19000`);
    const head = 'select id from room.line where waits order by due, id limit 100';
    const pagesOf = ([row]: { 'QUERY PLAN': { Plan: { 'Shared Hit Blocks': number; 'Shared Read Blocks': number } }[] }[]) => {
      const { Plan } = row['QUERY PLAN'][0];
      return Plan['Shared Hit Blocks'] + Plan['Shared Read Blocks'];
    };
    const explained = `explain (analyze, buffers, format json) ${head}`;
    // As Postgres reads it when it believes the queue to be short.
    const asBitmap = () =>
      inTransaction(dataSource, async em => {
        await em.query('set local enable_indexscan = off');
        return pagesOf(await em.query(explained));
      });
    await asBitmap();
    expect(await asBitmap()).toBeGreaterThan(1_000);
    // The first such scan marks what waits no more, unless an older transaction of the server is open:
    // other specs run beside this one.
    await eventually(async () => {
      expect(await queueHead(dataSource, head, [])).toHaveLength(100);
      return pagesOf(await queueHead(dataSource, explained, [])) < 200;
    });
  });
});
