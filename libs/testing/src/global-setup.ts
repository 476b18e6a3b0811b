import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import type { TestProject } from 'vitest/node';
import { EmbeddedPostgres } from '#persistence/embedded-postgres';
import { makeTestRoles } from './test-roles.js';

declare module 'vitest' {
  export interface ProvidedContext {
    /** URL of the run's Postgres; spec files create their own databases in it. */
    postgres: string;
  }
}

/**
 * One Postgres for the whole run, without durability: if the machine crashes, its data is lost, and
 * that is acceptable. TEST_POSTGRES is the folder of another release's programs.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const directory = await mkdtemp(join(tmpdir(), 'throughline-test-'));
  await chmod(directory, 0o755);
  const settings = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_wal_size: '4GB', max_connections: '500' };
  const programs = process.env.TEST_POSTGRES;
  const postgres = new EmbeddedPostgres({ directory: join(directory, 'postgres'), settings, programs });
  const { url } = await postgres.start();
  if (programs) console.log(`Everything runs on Postgres ${await releaseOf(url)} of ${programs}.`);
  await makeTestRoles(url);
  project.provide('postgres', url);
  return async () => {
    await postgres.stop();
    await rm(directory, { recursive: true, force: true });
  };
}

async function releaseOf(url: string): Promise<string> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ server_version: string }>('show server_version');
    return rows[0].server_version;
  } finally {
    await client.end();
  }
}
