import type { Database, MigrationInterface } from './database.js';

/**
 * A TypeORM migration. Its class name ends in a 13-digit number, which orders the migrations of all
 * rooms.
 */
export type MigrationClass = new () => MigrationInterface;

// One lock number for every process of Throughline, so that two processes migrate one after the
// other.
const MIGRATION_LOCK = 7_846_501;

export const MIGRATIONS_TABLE = 'schema_migration';

/**
 * Runs the data source's migrations that this database has not had, each in a transaction of its
 * own. Safe from many processes at once, also with different lists: a migration is known by its
 * name.
 */
export async function migrate(dataSource: Database): Promise<void> {
  if (dataSource.migrations.length === 0) return;
  const lock = dataSource.createQueryRunner();
  await lock.connect();
  try {
    await lock.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    if ((await missingMigrations(dataSource)).length === 0) return;
    await dataSource.runMigrations({ transaction: 'each' });
  } finally {
    await lock.query('select pg_advisory_unlock($1)', [MIGRATION_LOCK]);
    await lock.release();
  }
}

/** The data source's migrations that the database has not had. */
export async function missingMigrations(dataSource: Database): Promise<string[]> {
  const names = dataSource.migrations.map(migration => migration.name ?? migration.constructor.name);
  const [{ known }] = await dataSource.query<[{ known: boolean }]>('select to_regclass($1) is not null as known', [`public.${MIGRATIONS_TABLE}`]);
  if (!known) return names;
  const rows = await dataSource.query<{ name: string }[]>(`select name from public.${MIGRATIONS_TABLE}`);
  const had = new Set(rows.map(row => row.name));
  return names.filter(name => !had.has(name));
}
