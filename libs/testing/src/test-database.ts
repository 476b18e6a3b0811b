import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { inject } from 'vitest';
import type { Database, MigrationClass } from '#persistence';
import type { AppDefinition } from '#service';
import { databaseEnvironment, TEST_ROLES, urlAs } from './test-roles.js';

export interface TestDatabase {
  /**
   * Connects as the server's superuser, who bypasses row security: for a spec's setup and checks.
   */
  url: string;
  /** The same, connected and migrated. */
  dataSource: Database;
  /** Closes the data source and drops the database with all its sessions. */
  close(): Promise<void>;
}

/**
 * A fresh database in the run's Postgres. Call it in `beforeAll` and `close` it in `afterAll`.
 * `databaseUrl()` then answers it in this spec file, so `testApp` serves apps from it, each as its
 * own role. `serves`: the apps that the spec starts without `testApp`.
 */
export async function testDatabase(o: { migrations?: MigrationClass[]; poolSize?: number; serves?: AppDefinition[] } = {}): Promise<TestDatabase> {
  const { dataSourceFor, prepareDatabase } = await import('#persistence');
  const server = inject('postgres');
  const name = `t_${randomBytes(6).toString('hex')}`;
  await inServer(server, client => client.query(`create database ${name} owner ${TEST_ROLES.owner}`));
  const url = Object.assign(new URL(server), { pathname: `/${name}` }).href;
  const environment = { DATABASE_URL: url, ...(o.serves ? await servedFrom(url, o.serves) : {}) };
  const before = Object.fromEntries(Object.keys(environment).map(setting => [setting, process.env[setting]]));
  Object.assign(process.env, environment);
  if (o.migrations) await prepareDatabase({ roles: TEST_ROLES, ownerUrl: urlAs(TEST_ROLES.owner, url), migrations: o.migrations });
  const dataSource = await dataSourceFor({ name: 'spec', migrations: [], poolSize: o.poolSize }, url).initialize();
  const close = async () => {
    const misfits = dataSource.isInitialized ? await misfitsIn(dataSource) : [];
    if (dataSource.isInitialized) await dataSource.destroy();
    await inServer(server, client => client.query(`drop database if exists ${name} with (force)`));
    if (process.env.DATABASE_URL === url) restore(before);
    if (misfits.length > 0) throw new Error(`Events were published that are not as their type declares:\n${misfits.join('\n')}`);
  };
  return { url, dataSource, close };
}

/** By an app of the product: a spec's own app may publish what no type declares. */
const PUBLISHED_BY_APPS = `select * from events.event
  where source ~ '^/(system/(crm|psa|hcm|erp)|process/(project-initiation|time-to-billing)|experience/(portal|partner))$' limit 20000`;

/**
 * How the events that the spec's apps published differ from what their types declare, each
 * difference once. An app notes them and goes on; a spec ends with them.
 */
async function misfitsIn(dataSource: Database): Promise<string[]> {
  const [{ kept }] = await dataSource.query<{ kept: boolean }[]>(`select to_regclass('events.event') is not null kept`);
  if (!kept) return [];
  const { misfitOf, recorded } = await import('#events');
  const rows = await dataSource.query<Parameters<typeof recorded>[0][]>(PUBLISHED_BY_APPS);
  const misfits = rows.map(recorded).flatMap(({ pos: _, keySeq: __, recordedAt: ___, ...event }) => {
    const misfit = misfitOf(event);
    return misfit === undefined ? [] : [`${event.type} of ${event.source}: ${misfit.replace(/\d+/g, '*')}`];
  });
  return [...new Set(misfits)];
}

async function inServer(url: string, work: (client: Client) => Promise<unknown>): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

function restore(before: Record<string, string | undefined>): void {
  for (const [setting, value] of Object.entries(before)) {
    if (value === undefined) delete process.env[setting];
    else process.env[setting] = value;
  }
}

/**
 * Migrates a database for these apps, as a deployment does before they start; returns the settings
 * with which they reach it.
 */
export async function servedFrom(url: string, apps: AppDefinition[]): Promise<Record<string, string>> {
  const { databaseOptionsOf, prepareDatabase } = await import('#persistence');
  const options = apps.flatMap(def => databaseOptionsOf(def.module) ?? []);
  const migrations = [...new Set(options.flatMap(one => one.migrations))];
  const { flowMigrations, migrateEngine } = await import('#flow');
  const engine = flowMigrations.some(migration => migrations.includes(migration)) ? migrateEngine : undefined;
  await prepareDatabase({ roles: TEST_ROLES, ownerUrl: urlAs(TEST_ROLES.owner, url), migrations, engine });
  const names = options.map(({ name }) => name);
  return databaseEnvironment(url, names);
}
