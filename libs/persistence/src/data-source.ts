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
  /** How long a statement, or a new connection, is waited for, in ms; for ever by default. */
  patienceMs?: number;
}

/** A data source that isn't connected yet: `initialize()` connects it, `migrate()` brings the database up to date. */
export function dataSourceFor({ name, migrations, poolSize = 10, patienceMs }: DatabaseOptions, url?: string, full: FullRole = {}): DataSource {
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
    extra: {
      idle_in_transaction_session_timeout: 60_000,
      keepAlive: true,
      Client: viewedClient(full),
      ...(patienceMs === undefined ? {} : { connectionTimeoutMillis: patienceMs, query_timeout: patienceMs, statement_timeout: patienceMs }),
    },
  });
}

/**
 * A few connections to the same database, as the app's role, which its other work can't take up.
 * Not connected yet.
 */
export function ownConnections(database: DataSource, options: Omit<DatabaseOptions, 'migrations'>): DataSource {
  const { url } = database.options as { url?: string };
  return dataSourceFor({ ...options, migrations: [] }, url);
}
