import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import type { DataSource } from 'typeorm';
import { inject } from 'vitest';
import { dataSourceFor, migrate, type MigrationClass } from '#persistence';

export interface TestDatabase {
  url: string;
  /** Connected and migrated. */
  dataSource: DataSource;
  /** Closes the data source and drops the database with every session in it. */
  close(): Promise<void>;
}

/**
 * A fresh database in the run's Postgres; call it in `beforeAll`, `close` it in `afterAll`. Also makes it the one that
 * `databaseUrl()` answers in this spec file, so that apps started here use it.
 */
export async function testDatabase(
  o: { migrations?: MigrationClass[]; entities?: (new () => object)[]; poolSize?: number } = {},
): Promise<TestDatabase> {
  const server = inject('postgres');
  const name = `t_${randomBytes(6).toString('hex')}`;
  await inServer(server, client => client.query(`create database ${name}`));
  const url = Object.assign(new URL(server), { pathname: `/${name}` }).href;
  const before = process.env.DATABASE_URL;
  process.env.DATABASE_URL = url;
  const dataSource = await dataSourceFor(
    { name: 'spec', migrations: o.migrations ?? [], entities: o.entities, poolSize: o.poolSize },
    url,
  ).initialize();
  await migrate(dataSource);
  const close = async () => {
    if (dataSource.isInitialized) await dataSource.destroy();
    await inServer(server, client => client.query(`drop database if exists ${name} with (force)`));
    if (process.env.DATABASE_URL === url) restore(before);
  };
  return { url, dataSource, close };
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

function restore(url: string | undefined): void {
  if (url === undefined) delete process.env.DATABASE_URL;
  else process.env.DATABASE_URL = url;
}
