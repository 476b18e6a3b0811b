import { DataSource } from 'typeorm';
import { MIGRATIONS_TABLE, type MigrationClass } from './migrate.js';
import { declaredTables } from './table.js';
import { type FullRole, viewedClient } from './viewed-client.js';

export interface DatabaseOptions {
  /** Shown by Postgres as the connection's application_name. */
  name: string;
  migrations: MigrationClass[];
  /** Connections of this app in this process. */
  poolSize?: number;
}

/** A data source that isn't connected yet: `initialize()` connects it, `migrate()` brings the database up to date. */
export function dataSourceFor({ name, migrations, poolSize = 10 }: DatabaseOptions, url?: string, full: FullRole = {}): DataSource {
  return new DataSource({
    type: 'postgres',
    url,
    applicationName: name,
    migrations,
    entities: declaredTables().map(({ entity }) => entity),
    migrationsTableName: MIGRATIONS_TABLE,
    poolSize,
    // A failed statement is reported by its error; TypeORM's own log would print the parameters,
    // which may be pay data.
    logging: false,
    // A frozen process's session inside a transaction may hold row locks no longer than this.
    extra: { idle_in_transaction_session_timeout: 60_000, keepAlive: true, Client: viewedClient(full) },
  });
}
