import type { Database, MigrationInterface, QueryRunner } from './database.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TEST_ROLES, testDatabase, type TestDatabase, urlAs } from '#testing';
import { checkDatabase, prepareDatabase } from './access/prepare.js';
import { dataSourceFor } from './data-source.js';
import { type MigrationClass, Roles } from './index.js';
import { isBelow, type Release } from './release.rules.js';

class Periods1763699999001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('create schema billing; create table billing.period(legal_entity text)');
  }
  async down(): Promise<void> {}
}

class MorePeriods1763699999002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table billing.period add closed_on date');
  }
  async down(): Promise<void> {}
}

const FIRST = [Periods1763699999001];
const BOTH = [Periods1763699999001, MorePeriods1763699999002];

describe('a schema that states its release', () => {
  let database: TestDatabase;
  const sources: Database[] = [];
  beforeEach(async () => {
    database = await testDatabase();
  });
  afterEach(async () => {
    for (const source of sources.splice(0)) await source.destroy();
    await database.close();
  });

  const migratedBy = (version: string, servesFrom: string, migrations: MigrationClass[], roles = TEST_ROLES) =>
    prepareDatabase({ roles, ownerUrl: urlAs(TEST_ROLES.owner, database.url), migrations, release: { version, servesFrom } });
  const start = async (version: string, migrations: MigrationClass[]) => {
    const source = await dataSourceFor({ name: 'x', migrations, poolSize: 1 }, urlAs(TEST_ROLES.app('fixture'), database.url)).initialize();
    sources.push(source);
    return checkDatabase(source, { version, servesFrom: version });
  };
  const stated = (): Promise<Release[]> => database.dataSource.query('select version, serves_from as "servesFrom" from schema_release');

  it('is run by its own apps and by older ones that it serves', async () => {
    await migratedBy('0.4.0', '0.3.0', BOTH);
    expect(await stated()).toEqual([{ version: '0.4.0', servesFrom: '0.3.0' }]);
    for (const [version, migrations] of [
      ['0.4.0', BOTH],
      ['0.3.0', FIRST],
      ['0.3.12', FIRST],
    ] as const)
      await expect(start(version, [...migrations])).resolves.toEqual({ name: TEST_ROLES.full('fixture') });
  });

  it('refuses an app that is older than it serves, and says which release to run', async () => {
    await migratedBy('0.4.0', '0.3.0', BOTH);
    await expect(start('0.2.9', FIRST)).rejects.toThrow(
      'The database has the schema of release 0.4.0, which serves apps from 0.3.0 on; this is 0.2.9. Run release 0.4.0, or restore',
    );
  });

  it('refuses an app that needs more than it has, and says what to migrate with or run', async () => {
    await migratedBy('0.3.0', '0.3.0', FIRST);
    await expect(start('0.4.0', BOTH)).rejects.toThrow(
      'The database has the schema of release 0.3.0, which is older than this app, of 0.4.0, needs (MorePeriods1763699999002). Run npm run database -- migrate of release 0.4.0 as its owner, then start again; or run release 0.3.0.',
    );
  });

  it('is run by a newer app that needs no more than it has', async () => {
    await migratedBy('0.3.0', '0.3.0', FIRST);
    await expect(start('0.4.0', FIRST)).resolves.toBeDefined();
  });

  it('may state none, as one of before releases were stated', async () => {
    await migratedBy('0.3.0', '0.3.0', FIRST);
    await database.dataSource.query('drop table schema_release');
    await expect(start('0.4.0', FIRST)).resolves.toBeDefined();
    await expect(start('0.4.0', BOTH)).rejects.toThrow('The database has the schema of a release before 0.2.0, which is older than this app');
  });

  it('stays as it is when an older release that it serves prepares the database', async () => {
    await migratedBy('0.4.0', '0.3.0', BOTH);
    await migratedBy('0.3.0', '0.3.0', FIRST, new Roles('t', { fixture: { full: { billing: 'read' } } }));
    expect(await stated()).toEqual([{ version: '0.4.0', servesFrom: '0.3.0' }]);
    const may = await database.dataSource.query(`select has_table_privilege($1, 'billing.period', 'insert') insert`, [TEST_ROLES.full('fixture')]);
    expect(may).toEqual([{ insert: true }]);
  });

  it('is not migrated by a release that it does not serve', async () => {
    await migratedBy('0.4.0', '0.3.0', FIRST);
    await expect(migratedBy('0.2.0', '0.2.0', BOTH)).rejects.toThrow('which serves apps from 0.3.0 on; this is 0.2.0');
    expect(await database.dataSource.query(`select 1 from schema_migration where name like 'MorePeriods%'`)).toEqual([]);
  });
});

describe('versions', () => {
  it('are compared by their numbers', () => {
    expect(isBelow('0.9.0', '0.10.0')).toBe(true);
    expect(isBelow('0.10.0', '0.9.9')).toBe(false);
    expect(isBelow('1.2.3', '1.2.3')).toBe(false);
    expect(isBelow('0.2.9', '1.0.0')).toBe(true);
  });
});
