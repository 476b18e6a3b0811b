import { type DynamicModule, Inject, Injectable, Module, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { databaseUrl } from './database-url.js';
import { migrate, MIGRATIONS_TABLE, type MigrationClass } from './migrate.js';
import { type FullRole, viewedClient } from './viewed-client.js';

export interface DatabaseOptions {
  /** Shown by Postgres as the connection's application_name. */
  name: string;
  migrations: MigrationClass[];
  entities?: (new () => object)[];
  /** Connections of this app in this process. */
  poolSize?: number;
}

/** A data source that isn't connected yet: `initialize()` connects it, `migrate()` brings the database up to date. */
export function dataSourceFor({ name, migrations, entities = [], poolSize = 10 }: DatabaseOptions, url?: string, full: FullRole = {}): DataSource {
  return new DataSource({
    type: 'postgres',
    url,
    applicationName: name,
    migrations,
    entities,
    migrationsTableName: MIGRATIONS_TABLE,
    poolSize,
    // A failed statement is told by its error; TypeORM's own log would print the parameters, which may be pay data.
    logging: false,
    // A session left in the middle of a transaction by a frozen process may hold no row for longer than this.
    extra: { idle_in_transaction_session_timeout: 60_000, keepAlive: true, Client: viewedClient(full) },
  });
}

/** Connects before any other module of the app is initialised (global modules come first) and closes after them all. */
@Injectable()
class DatabaseConnection implements OnModuleInit, OnApplicationShutdown {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  async onModuleInit(): Promise<void> {
    const url = databaseUrl();
    this.dataSource.setOptions({ url, database: new URL(url).pathname.slice(1) });
    await this.dataSource.initialize();
    await migrate(this.dataSource);
  }

  async onApplicationShutdown(): Promise<void> {
    if (this.dataSource.isInitialized) await this.dataSource.destroy();
  }
}

/**
 * The app's Postgres: provides TypeORM's DataSource to all its modules. Nothing connects until
 * the app is initialised, so that its documents can be emitted with no database.
 */
@Module({})
export class DatabaseModule {
  static forApp(options: DatabaseOptions): DynamicModule {
    const dataSource = { provide: DataSource, useFactory: () => dataSourceFor(options) };
    return { module: DatabaseModule, global: true, providers: [dataSource, DatabaseConnection], exports: [DataSource] };
  }
}
