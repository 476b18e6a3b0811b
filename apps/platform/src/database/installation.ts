import { migrateEngine } from '#flow';
import { databaseOptionsOf, type MigrationClass, prepareDatabase, type Roles } from '#persistence';
import { APPS } from '../apps.js';

/** The migrations of all apps; TypeORM orders them by the numbers in their names. */
const migrations = (): MigrationClass[] => [...new Set(APPS.flatMap(({ module }) => databaseOptionsOf(module)?.migrations ?? []))];

/** Updates an installation's whole database, as its owner. */
export function prepareInstallation(ownerUrl: string, roles: Roles): Promise<void> {
  return prepareDatabase({ roles, ownerUrl, migrations: migrations(), engine: migrateEngine });
}
