import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CONTRACTS, databaseOptionsOf, isBelow, type MigrationClass, type QueryRunner, THIS_RELEASE } from '#persistence';
import { testDatabase, type TestDatabase } from '#testing';
import { APPS } from '../../apps/platform/src/apps.js';
import lastRelease from './last-release.json' with { type: 'json' };
import { schemaShape, takenAway } from './schema-shape.js';

const numberOf = ({ name }: MigrationClass): number => Number(name.slice(-13));
const migrations: MigrationClass[] = [...new Set(APPS.flatMap(({ module }) => databaseOptionsOf(module)!.migrations))].sort(
  (a, b) => numberOf(a) - numberOf(b),
);
const released = new Set(lastRelease.migrations);

describe('the migrations since the last release', () => {
  let database: TestDatabase;
  /** Migration -> what it takes away. */
  const contracts = new Map<string, string[]>();
  beforeAll(async () => {
    database = await testDatabase();
    const runner = database.dataSource.createQueryRunner();
    const run = async (migration: MigrationClass) => {
      await runner.startTransaction();
      await new migration().up(runner);
      await runner.commitTransaction();
    };
    try {
      // As in a database that is upgraded: what came and went since is nobody's.
      for (const migration of migrations.filter(({ name }) => released.has(name))) await run(migration);
      const before = await schemaShape(runner);
      let known: string[] = [];
      for (const migration of migrations.filter(({ name }) => !released.has(name))) {
        await run(migration);
        const gone = takenAway(before, await schemaShape(runner));
        const byIt = gone.filter(what => !known.includes(what));
        if (byIt.length > 0) contracts.set(migration.name, byIt);
        known = gone;
      }
    } finally {
      await runner.release();
    }
    console.log(`take something away: ${JSON.stringify([...contracts], null, 1)}`);
  }, 120_000);
  afterAll(() => database.close());

  it('come after those of the last release, all of which are still there', () => {
    const names = migrations.map(({ name }) => name);
    expect(lastRelease.migrations.filter(name => !names.includes(name))).toEqual([]);
  });

  it('are stated in CONTRACTS where they take something away, with the release that stopped using it', () => {
    expect([...contracts].filter(([name]) => !(name in CONTRACTS))).toEqual([]);
  });

  it('are all that CONTRACTS states', () => {
    const since = migrations.map(({ name }) => name).filter(name => !released.has(name));
    expect(Object.keys(CONTRACTS).filter(name => !since.includes(name))).toEqual([]);
  });

  it('serve no release that still uses what they take away', () => {
    const { version, servesFrom } = THIS_RELEASE;
    expect(Object.entries(CONTRACTS).filter(([, unusedSince]) => isBelow(servesFrom, unusedSince) || isBelow(version, unusedSince))).toEqual([]);
  });

  it('serve what the last release served, or less, and themselves', () => {
    const { version, servesFrom } = THIS_RELEASE;
    expect(isBelow(version, servesFrom), `${servesFrom} is not there yet`).toBe(false);
    expect(isBelow(servesFrom, lastRelease.servesFrom), 'an older release than the last one served').toBe(false);
    expect(isBelow(lastRelease.version, version), 'the version is to be above the last release').toBe(true);
  });
});

describe('of a change to a schema', () => {
  let database: TestDatabase;
  let runner: QueryRunner;
  beforeAll(async () => {
    database = await testDatabase();
    runner = database.dataSource.createQueryRunner();
    await runner.query(`create schema room;
      create table room.a(id int primary key, note text, kind text not null default 'k', n int, code text unique,
        folded text generated always as (lower(note)) stored, check (n > 0));
      create table room.b(id int);
      create function room.f(int) returns int language sql as 'select $1'`);
  });
  afterAll(async () => {
    await runner.release();
    await database.close();
  });
  beforeEach(async () => {
    await runner.startTransaction();
    return () => runner.rollbackTransaction();
  });

  const changed = async (sql: string) => {
    const before = await schemaShape(runner);
    await runner.query(sql);
    return takenAway(before, await schemaShape(runner));
  };

  it.each([
    ['drop table room.b', 'table room.b goes'],
    ['alter table room.b rename to c', 'table room.b goes'],
    ['alter table room.a drop note cascade', 'column room.a.note goes'],
    ['alter table room.a rename note to text', 'column room.a.note goes'],
    ['alter table room.a alter kind type varchar(9)', 'column room.a.kind is character varying(9) and was text'],
    ['alter table room.a alter n type bigint', 'column room.a.n is bigint and was integer'],
    ['alter table room.a alter note set not null', 'column room.a.note is required'],
    ['alter table room.a alter kind drop default', 'column room.a.kind has no value of its own any more'],
    ['alter table room.a alter folded drop expression', 'column room.a.folded is generated no more: it has to be written'],
    ['alter table room.a add more text not null', 'column room.a.more is required and new: inserts leave it out'],
    ['alter table room.a add check (n < 9)', 'rows are held to room.a a_n_check1: CHECK ((n < 9))'],
    ['alter table room.a drop constraint a_n_check, add constraint a_n_check check (n > 5)', 'rows are held to room.a a_n_check: CHECK ((n > 5))'],
    ['alter table room.a add foreign key (n) references room.a', 'rows are held to room.a a_n_fkey: FOREIGN KEY (n) REFERENCES room.a(id)'],
    ['create unique index one_note on room.a(note)', 'rows are held to room.a room.one_note: unique btree (note)'],
    ['create unique index one_note on room.a(lower(note))', 'rows are held to room.a room.one_note: unique btree (lower(note))'],
    ['alter table room.a drop constraint a_code_key', 'unique room.a room.a_code_key goes: "on conflict" may name its columns'],
    ['drop function room.f(int)', 'function room.f(integer) goes'],
    [`do $$ begin execute 'alter table room.b ' || 'drop id'; end $$`, 'column room.b.id goes'],
  ])('%s takes something away', async (sql, gone) => {
    expect(await changed(sql)).toContain(gone);
  });

  it.each([
    ['create table room.c(id int primary key, n int not null check (n > 0) references room.a)'],
    ['alter table room.a add more text'],
    [`alter table room.a add more text not null default '' check (more <> 'x')`],
    ['alter table room.a add more int generated always as identity unique'],
    ['alter table room.a alter kind drop not null'],
    [`alter table room.a alter kind set default 'other'`],
    ['alter table room.a drop constraint a_n_check'],
    ['create index by_note on room.a(note)'],
    [`create function room.g() returns int language sql as 'select 1'`],
  ])('%s takes nothing away', async sql => {
    expect(await changed(sql)).toEqual([]);
  });
});
