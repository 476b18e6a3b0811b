import { Client } from 'pg';
import type { Roles } from './roles.js';
import { SCHEMAS } from './rows.js';

export { APPS, databaseSetting, Roles } from './roles.js';

/** The oldest Postgres version that is tested. */
const LOWEST = 150_000;
export const ENGINE_SCHEMA = 'dbos';
const MIGRATED = 'public.schema_migration';

/** The reason why a server is too old; nothing when it isn't. */
export async function tooOld(ask: (sql: string) => Promise<unknown>): Promise<string | undefined> {
  const rows = await ask(`select current_setting('server_version_num')::int as number, current_setting('server_version') as version`);
  const [{ number, version }] = rows as { number: number; version: string }[];
  return number < LOWEST ? `The database is Postgres ${version}; Throughline needs 15 or newer.` : undefined;
}

/**
 * SQL that gives the owner everything of ours in a database: a database of an earlier version
 * belongs to the role that made it.
 */
export function takeOverSql({ owner }: Roles, database: string): string {
  const schemas = `array[${[...SCHEMAS, ENGINE_SCHEMA].map(schema => `'${schema}'`).join(', ')}]`;
  return `
    alter database "${database}" owner to ${owner};
    do $$ declare r record; begin
      for r in select nspname n from pg_namespace where nspname = any(${schemas}) and nspowner <> '${owner}'::regrole loop
        execute format('alter schema %I owner to ${owner}', r.n);
      end loop;
      for r in select c.oid::regclass t from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where (n.nspname = any(${schemas}) or c.oid = to_regclass('${MIGRATED}')) and c.relkind in ('r', 'p', 'v', 'm', 'S')
          and c.relowner <> '${owner}'::regrole
          and not exists (select 1 from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype in ('a', 'i') and c.relkind = 'S') loop
        execute format('alter table %s owner to ${owner}', r.t);
      end loop;
      for r in select p.oid::regprocedure f from pg_proc p join pg_namespace n on n.oid = p.pronamespace
        where n.nspname = any(${schemas}) and p.proowner <> '${owner}'::regrole loop
        execute format('alter routine %s owner to ${owner}', r.f);
      end loop;
    end $$;`;
}

/** Whether the role of this URL may create roles and everything else. */
export async function isSuperuser(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<{ rolsuper: boolean }>('select rolsuper from pg_roles where rolname = current_user')).rows[0].rolsuper;
  } finally {
    await client.end();
  }
}

/** Makes the roles and gives the existing objects to the owner, using a role that may do so. */
export async function makeRoles(adminUrl: string, roles: Roles, passwords: Record<string, string>): Promise<void> {
  const client = new Client({ connectionString: adminUrl });
  await client.connect();
  try {
    const old = await tooOld(async sql => (await client.query(sql)).rows);
    if (old) throw new Error(old);
    // Roles belong to the server: another of its databases may be making the same ones right now.
    await client.query('begin; select pg_advisory_xact_lock(7846503)');
    await client.query(roles.sql(role => client.escapeLiteral(passwords[role])));
    await client.query(takeOverSql(roles, new URL(adminUrl).pathname.slice(1)));
    await client.query('commit');
  } finally {
    await client.end();
  }
}
