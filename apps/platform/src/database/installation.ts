import { migrateEngine } from '#flow';
import { databaseOptionsOf, type MigrationClass, prepareDatabase, type Roles } from '#persistence';
import { APPS } from '../apps.js';

/** Of all apps; TypeORM puts them in order by the numbers in their names. */
const migrations = (): MigrationClass[] => [...new Set(APPS.flatMap(({ module }) => databaseOptionsOf(module)?.migrations ?? []))];

/** Brings an installation's whole database up to date, as its owner. */
export function prepareInstallation(ownerUrl: string, roles: Roles): Promise<void> {
  return prepareDatabase({ roles, ownerUrl, migrations: migrations(), engine: migrateEngine });
}
