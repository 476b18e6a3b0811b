import { expect, it } from 'vitest';
import { dataSourceFor, migrate, type MigrationClass } from '#persistence';
import { testDatabase, urlAs, TEST_ROLES } from '#testing';
import { hcmMigrations } from './hcm.migrations.js';

const upTo = (name: string, more = 0): MigrationClass[] =>
  hcmMigrations.slice(0, hcmMigrations.findIndex(migration => migration.name.startsWith(name)) + more);

it('addresses and skills that were kept in earlier releases are folded in every row, and go back', async () => {
  const database = await testDatabase();
  const owner = async (migrations: MigrationClass[]) =>
    dataSourceFor({ name: 'spec', migrations }, urlAs(TEST_ROLES.owner, database.url)).initialize();
  const migrateBy = async (migrations: MigrationClass[]) => {
    const connected = await owner(migrations);
    await migrate(connected);
    await connected.destroy();
  };
  try {
    const { dataSource } = database;
    await migrateBy(upTo('HcmFoldedKeys'));
    await dataSource.query(`
      insert into hcm.worker(id, employee_number, refs) select 'wrk_' || n, n, '[]' from generate_series(1, 1500) n;
      insert into hcm.worker_version(worker_id, from_date, until_date, name, work_email, hired_on, role, skills, skill_keys, legal_entity)
        select 'wrk_' || n, d, d + 365, 'Søren', case when n % 10 > 0 then 'SØREN.' || n || '@larkfield.example' end, d, 'DEVELOPER',
          case when n % 3 = 0 then '{}'::text[] else array['Ærodynamik', 'ＳＡＰ', '東京'] end, '{}', 'LF-UK'
        from generate_series(1, 1500) n, (values (date '2025-01-01'), (date '2026-01-01')) days(d)`);
    await migrateBy(upTo('HcmFoldedKeys', 1));
    const [counted] = await dataSource.query(`
      select count(*)::int "all", count(email_key)::int addressed, count(*) filter (where skill_keys = array['aerodynamik', 'sap', '東京'])::int skilled,
        count(*) filter (where skills = '{}' and skill_keys = '{}')::int unskilled, min(email_key) filter (where worker_id = 'wrk_7') email
      from hcm.worker_version`);
    expect(counted).toEqual({ all: 3000, addressed: 2700, skilled: 2000, unskilled: 1000, email: 'søren.7@larkfield.example' });
    const connected = await owner(upTo('HcmFoldedKeys', 1));
    await connected.undoLastMigration();
    await connected.destroy();
    const indexed = `select indexname from pg_indexes where schemaname = 'hcm' and indexname like 'worker_version_email%'`;
    expect(await dataSource.query(indexed)).toEqual([{ indexname: 'worker_version_email' }]);
  } finally {
    await database.close();
  }
});

it('where people work is unknown of every version that was kept before it was read', async () => {
  const database = await testDatabase();
  const { dataSource } = database;
  const connected = async (migrations: MigrationClass[]) =>
    dataSourceFor({ name: 'spec', migrations }, urlAs(TEST_ROLES.owner, database.url)).initialize();
  try {
    const before = await connected(upTo('HcmWorkplaces'));
    await migrate(before);
    await before.destroy();
    await dataSource.query(`
      insert into hcm.worker(id, employee_number, refs) select 'wrk_' || n, n, '[]' from generate_series(1, 500) n;
      insert into hcm.worker_version(worker_id, from_date, until_date, name, hired_on, role, skills, skill_keys, legal_entity)
        select 'wrk_' || n, '2026-01-01', 'infinity', 'Søren', '2026-01-01', 'DEVELOPER', '{}', '{}', 'LF-UK' from generate_series(1, 500) n`);
    const after = await connected(hcmMigrations);
    await migrate(after);
    const [counted] = await dataSource.query(
      'select count(*)::int "all", count(country)::int countries, count(region)::int regions, count(full_time_share)::int shares from hcm.worker_version',
    );
    expect(counted).toEqual({ all: 500, countries: 0, regions: 0, shares: 0 });
    await after.undoLastMigration();
    await after.destroy();
    expect(await dataSource.query('select count(*)::int "all" from hcm.worker_version')).toEqual([{ all: 500 }]);
  } finally {
    await database.close();
  }
});
