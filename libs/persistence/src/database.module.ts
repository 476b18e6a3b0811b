import { type DynamicModule, Inject, Injectable, Module, type OnApplicationShutdown, type OnModuleInit, type Type } from '@nestjs/common';
import { Database } from './database.js';
import { databaseUrl } from './database-url.js';
import { checkDatabase } from './access/prepare.js';
import { type DatabaseOptions, dataSourceFor } from './data-source.js';
import type { FullRole } from './viewed-client.js';

const FULL_ROLE = Symbol('full role');
const OPTIONS = Symbol('database options');

/**
 * Connects before any other module of the app is initialised (global modules come first) and closes
 * after all of them.
 */
@Injectable()
class DatabaseConnection implements OnModuleInit, OnApplicationShutdown {
  constructor(
    private readonly dataSource: Database,
    @Inject(FULL_ROLE) private readonly full: FullRole,
    @Inject(OPTIONS) private readonly options: DatabaseOptions,
  ) {}

  async onModuleInit(): Promise<void> {
    const url = databaseUrl(process.env, this.options.name);
    this.dataSource.setOptions({ url, database: new URL(url).pathname.slice(1) });
    await this.dataSource.initialize();
    Object.assign(this.full, await checkDatabase(this.dataSource));
  }

  async onApplicationShutdown(): Promise<void> {
    if (this.dataSource.isInitialized) await this.dataSource.destroy();
  }
}

/**
 * The app's Postgres: provides its Database to all its modules. Nothing connects until
 * the app is initialised, so that its documents can be emitted with no database.
 */
@Module({})
export class DatabaseModule {
  static forApp(options: DatabaseOptions): StatedDatabase {
    const full = { provide: FULL_ROLE, useFactory: (): FullRole => ({}) };
    const dataSource = { provide: Database, useFactory: (role: FullRole) => dataSourceFor(options, undefined, role), inject: [FULL_ROLE] };
    const stated = { provide: OPTIONS, useValue: options };
    return { module: DatabaseModule, global: true, providers: [full, stated, dataSource, DatabaseConnection], exports: [Database], options };
  }
}

interface StatedDatabase extends DynamicModule {
  options: DatabaseOptions;
}

/**
 * The database options in an app's module, for the process that prepares the database before the
 * app starts.
 */
export function databaseOptionsOf(module: Type): DatabaseOptions | undefined {
  return statedAmong((Reflect.getMetadata('imports', module) ?? []) as Imported[])?.options;
}

type Imported = StatedDatabase | DynamicModule | Type;

/** Of a module's own imports, or of those of a module made for it. */
function statedAmong(imports: Imported[]): StatedDatabase | undefined {
  for (const one of imports) {
    if (!('module' in one)) continue;
    const found = one.module === DatabaseModule ? (one as StatedDatabase) : statedAmong((one.imports ?? []) as Imported[]);
    if (found) return found;
  }
  return undefined;
}
