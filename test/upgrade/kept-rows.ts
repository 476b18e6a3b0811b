import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { EmbeddedPostgres } from '#persistence/embedded-postgres';

/** The rows of a stopped platform, by table: each row's primary key as text. */
export type KeptRows = Map<string, Set<string>>;

const SCHEMAS = `n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')`;

/**
 * Works on the database of a stopped platform: starts a copy of its Postgres alone, where nobody
 * needs a password and no row is hidden, and throws the copy away.
 */
export async function inDatabaseOf<T>(dataDir: string, work: (client: Client) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'throughline-look-'));
  await chmod(folder, 0o755);
  await promisify(execFile)('cp', ['-a', join(dataDir, 'postgres'), join(folder, 'postgres')]);
  const trust = join(folder, 'trust.conf');
  await writeFile(trust, 'host all all 127.0.0.1/32 trust\n', { mode: 0o644 });
  await rm(join(folder, 'postgres', 'postmaster.pid'), { force: true });
  const postgres = new EmbeddedPostgres({ directory: join(folder, 'postgres'), settings: { hba_file: trust, fsync: 'off' } });
  try {
    const client = new Client({ connectionString: (await postgres.start()).url });
    await client.connect();
    try {
      return await work(client);
    } finally {
      await client.end();
    }
  } finally {
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Every table with a primary key, and the keys of all of its rows. */
export async function keptRows(client: Client): Promise<KeptRows> {
  const { rows: tables } = await client.query<{ name: string; columns: string[] }>(
    `select format('%I.%I', n.nspname, c.relname) as name,
       array(select quote_ident(a.attname) from pg_attribute a where a.attrelid = c.oid and a.attnum = any(i.indkey) order by a.attname) as columns
     from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_index i on i.indrelid = c.oid and i.indisprimary
     where c.relkind = 'r' and ${SCHEMAS} order by 1`,
  );
  const kept: KeptRows = new Map();
  for (const { name, columns } of tables) {
    const { rows } = await client.query<{ key: string }>(`select jsonb_build_array(${columns.join(', ')})::text as key from ${name}`);
    kept.set(name, new Set(rows.map(({ key }) => key)));
  }
  return kept;
}

/** `table key` of every row that was there before and is no more. */
export function lostRows(before: KeptRows, after: KeptRows, mayGo: ReadonlySet<string>): string[] {
  return [...before]
    .filter(([table]) => !mayGo.has(table))
    .flatMap(([table, keys]) => [...keys].filter(key => !after.get(table)?.has(key)).map(key => `${table} ${key}`));
}
