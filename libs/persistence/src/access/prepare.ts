import { createHash } from 'node:crypto';
import type { Database } from '../database.js';
import { Problem } from '#canonical';
import { dataSourceFor } from '../data-source.js';
import { migrate, MIGRATIONS_TABLE, type MigrationClass, missingMigrations } from '../migrate.js';
import { THIS_RELEASE } from '../release.js';
import { isBelow, type Release, refusalOf } from '../release.rules.js';
import { inTransaction } from '../transaction.js';
import type { FullRole } from '../viewed-client.js';
import { withFullView } from '../view.js';
import { accessSql } from './policies.js';
import { ENGINE_SCHEMA, tooOld } from './make-roles.js';
import { fullRoleOf, type Roles } from './roles.js';
import { type Rows, ROWS, SCHEMAS, schemasOf } from './rows.js';

const STATE = 'public.schema_access';
const STATED = 'public.schema_release';
// One lock number for every process that prepares a database, so that two processes, even of two
// releases, do it one after the other.
const PREPARE_LOCK = 7_846_502;

const notReady = (detail: string): Problem => new Problem('internal', detail, { code: 'setting-database' });

async function refuseOld(dataSource: Database): Promise<void> {
  const old = await tooOld(sql => dataSource.query(sql));
  if (old) throw notReady(old);
}

export interface Installation {
  roles: Roles;
  /** As the owner. */
  ownerUrl: string;
  migrations: MigrationClass[];
  /** Row ownership of further tables besides `ROWS`, for tests that add tables. */
  rows?: Record<string, Rows>;
  /** Migrates the flow engine's own schema, as the owner. */
  engine?: (ownerUrl: string) => Promise<void>;
  release?: Release;
}

/**
 * Brings a database up to date as its owner: runs the migrations, then sets the policies and grants
 * of the lists, and records the release. Safe to repeat, and from many processes at once. What a
 * newer release made is left as it is, since this release's lists know less. Throws when a table is
 * in no list, and when the newer schema doesn't serve this release.
 */
export async function prepareDatabase({ roles, ownerUrl, migrations, rows = ROWS, engine, release = THIS_RELEASE }: Installation): Promise<void> {
  const dataSource = await dataSourceFor({ name: 'migrations', migrations, poolSize: 3 }, ownerUrl).initialize();
  const lock = dataSource.createQueryRunner();
  try {
    await refuseOld(dataSource);
    await lock.query('select pg_advisory_lock($1)', [PREPARE_LOCK]);
    const schema = await releaseOf(dataSource);
    if (schema && isBelow(release.version, schema.version)) return await refuseUnfit(dataSource, release, schema);
    // FORCE binds the owner too: a migration of data that saw no rows would silently lose them.
    await withFullView('migrations move all rows', async () => {
      await migrate(dataSource);
      await engine?.(ownerUrl);
      await applyAccess(dataSource, roles, rows, release);
    });
  } finally {
    // The lock ends with its session.
    await lock.release();
    await dataSource.destroy();
  }
}

/** The release that the last migration run recorded. */
async function releaseOf(dataSource: Database): Promise<Release | undefined> {
  const [{ known }] = await dataSource.query<[{ known: boolean }]>('select to_regclass($1) is not null as known', [STATED]);
  if (!known) return undefined;
  const [schema] = await dataSource.query<Release[]>(`select version, serves_from as "servesFrom" from ${STATED}`);
  return schema;
}

async function refuseUnfit(dataSource: Database, { version }: Release, schema: Release | undefined): Promise<void> {
  const refusal = refusalOf(version, schema, await missingMigrations(dataSource));
  if (refusal) throw notReady(refusal);
}

async function applyAccess(dataSource: Database, roles: Roles, lists: Record<string, Rows>, release: Release): Promise<void> {
  await inTransaction(dataSource, async em => {
    await em.query(`create table if not exists ${STATED}(version text not null, serves_from text not null)`);
    await em.query(`delete from ${STATED}`);
    await em.query(`insert into ${STATED} values ($1, $2)`, [release.version, release.servesFrom]);
    const rows = await em.query<{ name: string }[]>(
      `select n.nspname || '.' || c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where n.nspname = any($1) and c.relkind in ('r', 'p') order by 1`,
      [[...schemasOf(lists), ENGINE_SCHEMA]],
    );
    const tables = rows.map(({ name }) => name);
    const unlisted = tables.filter(table => !(table in lists) && !table.startsWith(`${ENGINE_SCHEMA}.`));
    if (unlisted.length > 0) throw notReady(`Nothing says who may see the rows of ${unlisted.join(', ')}: add them to ROWS in libs/persistence.`);
    const sql = accessSql(roles, lists, tables, [`public.${MIGRATIONS_TABLE}`, STATED]);
    const hash = createHash('sha256').update(sql).digest('hex');
    await em.query(`create table if not exists ${STATE}(hash text not null)`);
    const [known] = await em.query<{ hash: string }[]>(`select hash from ${STATE}`);
    // Creating policies takes locks that block readers, so it happens only when something changed.
    if (known?.hash === hash) return;
    await em.query(sql);
    await em.query(`delete from ${STATE}`);
    await em.query(`insert into ${STATE} values ($1)`, [hash]);
  });
}

/**
 * What an app checks when it starts: the server is new enough, the schema has what the app needs
 * and serves it, and its role has no more rights than it was given. Returns the role for work that
 * sees everything.
 */
export async function checkDatabase(dataSource: Database, release = THIS_RELEASE): Promise<FullRole> {
  await refuseOld(dataSource);
  const [role] = await dataSource.query<{ name: string; powers: string[]; owns: boolean; full: boolean }[]>(
    `select current_user as name, array_remove(array[
       case when rolsuper then 'superuser' end, case when rolcreaterole then 'createrole' end, case when rolbypassrls then 'bypassrls' end,
       case when rolcreatedb then 'createdb' end, case when rolreplication then 'replication' end], null) powers,
       exists (select 1 from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relowner = r.oid and n.nspname = any($1)) owns,
       exists (select 1 from pg_roles f where f.rolname = current_user || '_full' and pg_has_role(f.oid, 'member')) "full"
     from pg_roles r where rolname = current_user`,
    [SCHEMAS],
  );
  if (role.powers.length > 0)
    throw notReady(
      `The database role ${role.name} is ${role.powers.join(', ')}: an app's role must not be. npm run database -- roles prints those it needs.`,
    );
  if (role.owns) throw notReady(`The database role ${role.name} owns tables: only migrations run as the owner. Give each app the role of its own.`);
  if (!role.full)
    throw notReady(
      `The database has no role ${fullRoleOf(role.name)} that ${role.name} may take: npm run database -- roles prints the SQL that makes it.`,
    );
  await refuseUnfit(dataSource, release, await releaseOf(dataSource));
  return { name: fullRoleOf(role.name) };
}
