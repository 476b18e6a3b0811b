import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { maySee, type Principal } from '#auth';
import { migrateEngine } from '#flow';
import {
  APPS,
  Database,
  databaseOptionsOf,
  dataSourceFor,
  migrate,
  type MigrationInterface,
  prepareDatabase,
  type QueryRunner,
  Roles,
  ROWS,
  withFullView,
  withView,
} from '#persistence';
import { EmbeddedPostgres } from '#persistence/embedded-postgres';
import { makeRoles, takeOverSql, tooOld } from '#persistence/roles';
import { OLDEST_POSTGRES, withoutOldestPostgres } from '#testing';
import { APPS as ALL_APPS } from '../apps.js';
import { readyDatabases } from './databases.js';
import { asEarlier } from './earlier.fixture.js';
import { prepareInstallation } from './installation.js';

const migrations = [...new Set(ALL_APPS.flatMap(({ module }) => databaseOptionsOf(module)!.migrations))];

const secured = Object.entries(ROWS).filter(([, rows]) => !('everybody' in rows));

/** A separate installation on a server: a database, its roles and their passwords. */
class Installation {
  readonly roles: Roles;
  readonly passwords: Record<string, string>;
  readonly name = `i_${randomBytes(5).toString('hex')}`;
  readonly #sources: Database[] = [];

  constructor(readonly server = inject('postgres')) {
    this.roles = new Roles(this.name);
    this.passwords = Object.fromEntries(this.roles.logins.map(role => [role, randomBytes(9).toString('hex')]));
  }

  get adminUrl(): string {
    return Object.assign(new URL(this.server), { pathname: `/${this.name}` }).href;
  }

  urlOf(role: string): string {
    return Object.assign(new URL(this.adminUrl), { username: role, password: this.passwords[role] }).href;
  }

  async create(): Promise<this> {
    await asAdmin(this.server, client => client.query(`create database ${this.name}`));
    return this;
  }

  async prepare(): Promise<this> {
    await makeRoles(this.adminUrl, this.roles, this.passwords);
    await prepareInstallation(this.urlOf(this.roles.owner), this.roles);
    return this;
  }

  /** As an app reaches it. */
  async app(name: string): Promise<Database> {
    const role = this.roles.app(name);
    const source = await dataSourceFor({ name, migrations: [], poolSize: 1 }, this.urlOf(role), { name: this.roles.full(name) }).initialize();
    this.#sources.push(source);
    return source;
  }

  async owner(): Promise<Database> {
    const source = await dataSourceFor({ name: 'owner', migrations: [], poolSize: 1 }, this.urlOf(this.roles.owner)).initialize();
    this.#sources.push(source);
    return source;
  }

  admin<T>(work: (client: Client) => Promise<T>): Promise<T> {
    return asAdmin(this.adminUrl, work);
  }

  async drop(): Promise<void> {
    for (const source of this.#sources) await source.destroy();
    await asAdmin(this.server, async client => {
      await client.query(`drop database if exists ${this.name} with (force)`);
      for (const role of [...this.roles.logins, ...this.roles.fulls]) await client.query(`drop role if exists ${role}`);
    });
  }
}

async function asAdmin<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

const ENTITIES = [[], ['LF-UK'], ['LF-DE'], ['LF-UK', 'LF-DE'], ['LF-US']];

/** Adds a shadow for each combination of entities, and likewise events and exceptions. */
async function fill(client: Client): Promise<void> {
  for (const [n, entities] of ENTITIES.entries()) {
    await client.query(
      `insert into capture.shadow(system, noun, id, state, version, legal_entities, seen_at) values ('psa', 'note', $1, '{}', 1, $2, now())`,
      [`n${n}`, entities],
    );
    await client.query(
      `insert into events.event(source, id, type, key, key_seq, time, data, legal_entities, correlation_id) values ('s', $1, 't', $1, 1, now(), '{}', $2, 'c')`,
      [`e${n}`, entities],
    );
    await client.query(
      `insert into exceptions.exception(id, app, flow, step, run_id, reasons, category, desk, subject, keys, refs, money, state, opened_at, due_at, effect,
         legal_entities, correlation_id, history) values ($1, 'a', 'f', 's', 'r', '[]', 'validation', 'finance', 's', '{}', '[]', '[]', 'open', now(), now(),
         'none', $2, 'c', '[]')`,
      [`x${n}`, entities],
    );
    await client.query(`insert into exceptions.need(exception_id, need, desk, cure) values ($1, 'n', 'finance', '{}')`, [`x${n}`]);
  }
}

const principal = (legalEntities: string[] | '*', seesUnassigned: boolean): Principal => ({
  kind: 'person',
  id: 'p',
  name: 'P',
  clientId: 'c',
  scopes: [],
  roles: [],
  legalEntities,
  seesUnassigned,
  fieldRights: [],
});

describe('an installation', () => {
  let one: Installation;
  beforeAll(async () => {
    one = await (await new Installation().create()).prepare();
    await one.admin(fill);
  }, 120_000);
  afterAll(() => one.drop());

  it('states for every table whose its rows are, and for no table that does not exist', async () => {
    const { rows } = await one.admin(client =>
      client.query<{ name: string; secured: boolean }>(
        `select n.nspname || '.' || c.relname as name, c.relrowsecurity and c.relforcerowsecurity secured from pg_class c join pg_namespace n on n.oid = c.relnamespace
         where c.relkind in ('r', 'p') and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast', 'public', 'dbos')`,
      ),
    );
    expect(rows.map(({ name }) => name).sort()).toEqual(Object.keys(ROWS).sort());
    expect(
      rows
        .filter(row => row.secured)
        .map(({ name }) => name)
        .sort(),
    ).toEqual(secured.map(([name]) => name).sort());
  });

  it('is refused when a table is in no list', async () => {
    class Unlisted1763700099001 implements MigrationInterface {
      async up(runner: QueryRunner): Promise<void> {
        await runner.query('create table billing.forgotten(id int)');
      }
      async down(): Promise<void> {}
    }
    const other = await new Installation().create();
    await makeRoles(other.adminUrl, other.roles, other.passwords);
    const ownerUrl = other.urlOf(other.roles.owner);
    await expect(prepareDatabase({ roles: other.roles, ownerUrl, migrations: [...migrations, Unlisted1763700099001] })).rejects.toThrow(
      'Nothing says who may see the rows of billing.forgotten',
    );
    await other.drop();
  });

  it('gives an app rows and nothing else: it owns and makes nothing, and cannot rewrite the audit', async () => {
    const { rows } = await one.admin(client =>
      client.query<{ rolname: string; power: boolean; owns: number }>(
        `select rolname, rolsuper or rolcreaterole or rolcreatedb or rolbypassrls or rolreplication power,
           (select count(*)::int from pg_class where relowner = r.oid) owns from pg_roles r where rolname like $1 order by 1`,
        [`${one.name}_%`],
      ),
    );
    expect(rows).toHaveLength(1 + 2 * Object.keys(APPS).length);
    expect(rows.filter(row => row.power)).toEqual([]);
    expect(rows.filter(row => row.owns > 0).map(row => row.rolname)).toEqual([one.roles.owner]);
    for (const name of Object.keys(APPS)) {
      const app = await one.app(name);
      const full = <T>(sql: string) => withFullView('a test', () => app.query<T>(sql));
      await full(`insert into service.audit(app, actor, client, what, subject, correlation_id) values ('a', '{}', 'c', 'w', 's', 'c')`);
      for (const sql of ['update service.audit set why = null', 'delete from service.audit', 'truncate service.audit', 'delete from events.event'])
        await expect(full(sql), `${name}: ${sql}`).rejects.toThrow('permission denied');
      for (const sql of [
        'create table public.mine(id int)',
        'create schema mine',
        `alter table events.event disable row level security`,
        `set role ${one.roles.owner}`,
      ])
        await expect(app.query(sql), `${name}: ${sql}`).rejects.toThrow(/permission denied|must be owner/);
      for (const other of Object.keys(APPS).filter(each => each !== name))
        await expect(app.query(`set role ${one.roles.full(other)}`), `${name} as ${other}`).rejects.toThrow('permission denied');
    }
    const hcm = await one.app('hcm');
    await expect(withFullView('a test', () => hcm.query('select * from billing.rate'))).rejects.toThrow('permission denied');
  });

  it('lets only the app that serves mappings write them, and apps that need none not even read them', async () => {
    const may = async (name: string, sql: string) => {
      const app = await one.app(name);
      try {
        await withFullView('a test', () => app.query(sql));
        return true;
      } catch (error) {
        expect(String(error)).toContain('permission denied');
        return false;
      }
    };
    const read = 'select 1 from mappings.mapping';
    const write = `update mappings.mapping set target = 'x'`;
    const rights = await Promise.all(Object.keys(APPS).map(async name => [name, await may(name, read), await may(name, write)]));
    expect(rights).toEqual([
      ['crm', true, false],
      ['psa', false, false],
      ['hcm', false, false],
      ['erp', false, false],
      ['project-initiation', true, true],
      ['time-to-billing', true, false],
      ['governance', false, false],
      ['partner', false, false],
      ['portal', false, false],
    ]);
  });

  it('lets no app read the audit', async () => {
    for (const name of Object.keys(APPS)) {
      const app = await one.app(name);
      for (const read of [withFullView('a test', () => app.query('select 1 from service.audit')), app.query('select 1 from service.audit')])
        await expect(read, name).rejects.toThrow('permission denied');
    }
  });

  it('shows each app its own idempotency keys; keys from before they had an app are readable by all, and deleted when a day old', async () => {
    const put = (key: string, route: string, age: string) =>
      `insert into service.idempotency(caller, route, key, fingerprint, run, claimed_at)
       values ('c', '${route}', '${key}', 'f', gen_random_uuid(), now() - interval '${age}')`;
    await one.admin(async client => {
      for (const name of Object.keys(APPS)) await client.query(put(`of ${name}`, `${name} POST /v1/x`, '25 hours'));
      await client.query(put('old', 'POST /v1/x', '25 hours'));
      await client.query(put('young', 'POST /v1/x', '23 hours'));
    });
    for (const name of Object.keys(APPS)) {
      const app = await one.app(name);
      // Under any view: a key is stored before the caller's rights are known.
      for (const run of [app.query.bind(app), (sql: string) => withFullView('a test', () => app.query(sql))]) {
        const rows = await run('select key from service.idempotency order by 1');
        expect(rows).toEqual(['of ' + name, 'old', 'young'].map(key => ({ key })));
        const [, changed] = await run(`update service.idempotency set status = 200`);
        expect(changed).toBe(1);
        for (const route of ['POST /v1/x', `${name === 'crm' ? 'psa' : 'crm'} POST /v1/x`])
          await expect(run(put('planted', route, '0 hours')), `${name}: ${route}`).rejects.toThrow('row-level security');
        await expect(run(`update service.idempotency set route = 'POST /v1/y'`)).rejects.toThrow('row-level security');
      }
      const [, gone] = await app.query(`delete from service.idempotency where key = 'young'`);
      expect(gone).toBe(0);
    }
    const portal = await one.app('portal');
    expect((await portal.query('delete from service.idempotency'))[1]).toBe(2);
    await one.admin(client => client.query('delete from service.idempotency'));
  });

  it('shows a calendar of the firm to everybody, and one of a legal entity to those whom maySee allows', async () => {
    await one.admin(async client => {
      for (const [id, entity] of [
        ['all', '*'],
        ['uk', 'LF-UK'],
      ]) {
        await client.query(
          `insert into capture.shadow(system, noun, id, state, version, legal_entities, seen_at) values ('erp', 'accounting-period', $1, '{}', 1, $2, now())`,
          [id, entity === '*' ? [] : [entity]],
        );
        await client.query(
          `insert into billing.period(id, legal_entity, name, start_date, end_date, open) values ($1, $2, 'm', '2026-11-01', '2026-11-30', true)`,
          [id, entity],
        );
      }
    });
    const [erp, billing] = [await one.app('erp'), await one.app('time-to-billing')];
    for (const [entities, ids] of [
      [['LF-UK'], ['all', 'uk']],
      [['LF-US'], ['all']],
    ]) {
      const viewer = principal(entities, false);
      const rows = ids.map(id => ({ id }));
      expect(await withView(viewer, () => erp.query(`select id from capture.shadow where noun = 'accounting-period' order by 1`))).toEqual(rows);
      expect(await withView(viewer, () => billing.query('select id from billing.period order by 1'))).toEqual(rows);
    }
    await one.admin(client => client.query(`delete from billing.period; delete from capture.shadow where noun = 'accounting-period'`));
  });

  it('shows an app no owned rows before a view is stated', async () => {
    const owner = await one.owner();
    for (const [name, { full }] of Object.entries(APPS)) {
      const app = await one.app(name);
      const rooms = Object.keys(full).map(room => room.split('.')[0]);
      for (const [table] of secured.filter(([each]) => rooms.includes(each.split('.')[0]))) {
        const [{ n }] = await app.query<{ n: number }[]>(`select count(*)::int n from ${table}`).catch((error: unknown) => {
          // a portal query reads the portal's tables only
          expect(String(error)).toContain('permission denied');
          return [{ n: 0 }];
        });
        expect([table, n]).toEqual([table, 0]);
      }
    }
    // FORCE also binds the owner.
    expect(await owner.query('select count(*)::int n from capture.shadow')).toEqual([{ n: 0 }]);
    expect(await withFullView('a test', () => owner.query('select count(*)::int n from capture.shadow'))).toEqual([{ n: ENTITIES.length }]);
  });

  it('shows each row to those whom maySee allows, and to nobody else', async () => {
    const [system, process] = [await one.app('psa'), await one.app('project-initiation')];
    const viewers = (['*', [], ['LF-UK'], ['LF-DE', 'LF-US'], ['LF-FR']] as const).flatMap(entities =>
      [true, false].map(unassigned => principal(entities === '*' ? '*' : [...entities], unassigned)),
    );
    for (const viewer of viewers) {
      const theirs = ENTITIES.map((entities, n) => [entities, n] as const)
        .filter(([entities]) => maySee(viewer, entities))
        .map(([, n]) => n);
      const seen = (source: Database, sql: string) => withView(viewer, () => source.query<{ n: number }[]>(sql)).then(rows => rows.map(({ n }) => n));
      const number = (column: string) => `select substr(${column}, 2)::int n`;
      expect(await seen(system, `${number('id')} from capture.shadow where system = 'psa' order by 1`)).toEqual(theirs);
      expect(await seen(system, `${number('id')} from events.event order by 1`)).toEqual(theirs);
      expect(await seen(process, `${number('id')} from exceptions.exception order by 1`)).toEqual(theirs);
      expect(await seen(process, `${number('exception_id')} from exceptions.need order by 1`)).toEqual(theirs);
      const [[, changed]] = [await withView(viewer, () => process.query<[unknown[], number]>('update exceptions.exception set version = version'))];
      expect(changed).toBe(theirs.length);
      for (const [n, entities] of ENTITIES.entries()) {
        const insert = withView(viewer, () =>
          system.query(
            `insert into capture.shadow(system, noun, id, state, version, legal_entities, seen_at) values ('x', 'x', $1, '{}', 1, $2, now())
             on conflict do nothing`,
            [`w${n}`, entities],
          ),
        );
        if (maySee(viewer, entities)) await insert;
        else await expect(insert).rejects.toThrow('row-level security');
      }
    }
  });

  it('leaves no view on a connection, after any kind of work', async () => {
    const app = await one.app('crm');
    const seen = async () => (await app.query<{ n: number }[]>('select count(*)::int n from capture.shadow'))[0].n;
    const everything = () => withFullView('a test', () => app.transaction(em => em.query('select count(*) from capture.shadow')));
    const theirs = () => withView(principal(['LF-UK'], true), () => app.query('select count(*) from capture.shadow where version = $1', [1]));
    const failing = () => withFullView('a test', () => app.transaction(em => em.query('select 1/0'))).catch(() => undefined);
    const refused = () =>
      withView(principal(['LF-UK'], false), () => app.query(`update capture.shadow set legal_entities = '{LF-US}'`)).catch(() => undefined);
    for (const work of [everything, theirs, failing, refused]) {
      await work();
      expect(await seen()).toBe(0);
    }
  });

  it('is left unchanged when it is up to date', async () => {
    const before = await one.admin(client => client.query('select oid from pg_policy order by 1'));
    await one.prepare();
    expect((await one.admin(client => client.query('select oid from pg_policy order by 1'))).rows).toEqual(before.rows);
  });
});

describe('two installations on one server', () => {
  it('have separate roles, and cannot reach each other', async () => {
    const [one, two] = [await (await new Installation().create()).prepare(), await (await new Installation().create()).prepare()];
    await two.admin(fill);
    const stranger = Object.assign(new URL(two.adminUrl), { username: one.roles.app('crm'), password: one.passwords[one.roles.app('crm')] }).href;
    await asAdmin(stranger, async client => {
      await expect(client.query('select * from capture.shadow')).rejects.toThrow('permission denied');
      await expect(client.query(`set role ${two.roles.full('crm')}`)).rejects.toThrow('permission denied');
    });
    await one.drop();
    const crm = await two.app('crm');
    expect(await withFullView('a test', () => crm.query('select count(*)::int n from capture.shadow'))).toEqual([{ n: ENTITIES.length }]);
    await two.drop();
  }, 120_000);
});

describe('an owner that may make no roles', () => {
  it('works with roles that the printed script made', async () => {
    const given = await new Installation().create();
    // Filled in as psql does.
    const script = [given.roles.sql(role => `:'${role}'`), takeOverSql(given.roles, given.name)].join('\n');
    await given.admin(client => client.query(script.replace(/:'(\w+)'/g, (_, role: string) => `'${given.passwords[role]}'`)));
    const ownerUrl = given.urlOf(given.roles.owner);
    const environment = Object.fromEntries(Object.keys(APPS).map(app => [`${app.toUpperCase().replaceAll('-', '_')}_DATABASE_URL`, 'given']));
    const wish = { url: ownerUrl, prefix: given.name, passwordFile: '/nowhere' };
    await expect(readyDatabases({ ...wish, environment: {} })).rejects.toThrow(/npm run database -- roles.*CRM_DATABASE_URL/);
    await prepareInstallation(ownerUrl, given.roles);
    expect(environment.TIME_TO_BILLING_DATABASE_URL).toBe('given');
    await asAdmin(ownerUrl, client => expect(client.query('create role another')).rejects.toThrow('permission denied'));
    const crm = await given.app('crm');
    expect(await withFullView('a test', () => crm.query('select count(*)::int n from capture.shadow'))).toEqual([{ n: 0 }]);
    await given.drop();
  }, 120_000);
});

describe('a database of an earlier release', () => {
  it('is taken over with every row, whoever owned it and whatever the portal had made', async () => {
    const earlier = await new Installation().create();
    const old = migrations.filter(migration => migration.name !== 'PortalRowRules1763700040004');
    const superuser = await dataSourceFor({ name: 'earlier', migrations: old }, earlier.adminUrl).initialize();
    await migrate(superuser);
    await migrateEngine(earlier.adminUrl);
    await superuser.destroy();
    await earlier.admin(async client => {
      await asEarlier(client);
      await fill(client);
      await client.query(
        `insert into portal.subject(id, kind, title, legal_entities, changed_at) values ('s1', 'deal', 'Old', '{LF-UK}', now()), ('s2', 'deal', 'Older', '{}', now())`,
      );
    });
    const rowsOf = () =>
      earlier.admin(async client => {
        const { rows: tables } = await client.query<{ t: string }>(
          `select c.oid::regclass::text t from pg_class c join pg_namespace n on n.oid = c.relnamespace
           where c.relkind = 'r' and n.nspname not in ('pg_catalog', 'information_schema') and c.relname not in ('schema_migration', 'schema_access', 'schema_release') order by 1`,
        );
        const counts = await Promise.all(tables.map(async ({ t }) => [t, Number((await client.query(`select count(*) n from ${t}`)).rows[0].n)]));
        return Object.fromEntries(counts) as Record<string, number>;
      });
    const before = await rowsOf();
    expect(before['capture.shadow']).toBe(ENTITIES.length);
    await earlier.prepare();
    expect(await rowsOf()).toEqual(before);
    const portal = await earlier.app('portal');
    const titles = (viewer: Principal) => withView(viewer, () => portal.query<{ title: string }[]>('select title from portal.subject order by 1'));
    expect(await titles(principal(['LF-UK'], false))).toEqual([{ title: 'Old' }]);
    expect(await titles(principal(['LF-DE'], true))).toEqual([{ title: 'Older' }]);
    const { rows: left } = await earlier.admin(client =>
      client.query(
        `select 1 from pg_policies where 'throughline_portal_reader' = any(roles) union all
        select 1 from pg_class c, aclexplode(c.relacl) a where a.grantee = 'throughline_portal_reader'::regrole union all
        select 1 from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = any('{portal,events,capture,dbos}') and c.relowner <> $1::regrole`,
        [earlier.roles.owner],
      ),
    );
    expect(left).toEqual([]);
    await earlier.drop();
  }, 120_000);
});

describe('a migration of data', () => {
  it('moves every row although row security is forced on its owner', async () => {
    class MovesAll1763700099002 implements MigrationInterface {
      async up(runner: QueryRunner): Promise<void> {
        await runner.query(`update capture.shadow set state = state || '{"moved": true}'`);
      }
      async down(): Promise<void> {}
    }
    const filled = await (await new Installation().create()).prepare();
    await filled.admin(fill);
    const ownerUrl = filled.urlOf(filled.roles.owner);
    await prepareDatabase({ roles: filled.roles, ownerUrl, migrations: [...migrations, MovesAll1763700099002] });
    const { rows } = await filled.admin(client => client.query(`select count(*)::int n from capture.shadow where state ? 'moved'`));
    expect(rows).toEqual([{ n: ENTITIES.length }]);
    await filled.drop();
  }, 120_000);
});

describe('an older Postgres', () => {
  it('is refused, with the required version', async () => {
    expect(await tooOld(async () => [{ number: 140_011, version: '14.11' }])).toBe('The database is Postgres 14.11; Throughline needs 15 or newer.');
    expect(await tooOld(async () => [{ number: 150_000, version: '15.0' }])).toBeUndefined();
  });

  it('of the lowest supported release has all that is needed', async ({ skip }) => {
    const missing = withoutOldestPostgres();
    skip(missing !== undefined, missing);
    const directory = await mkdtemp(join(tmpdir(), 'throughline-oldest-'));
    await chmod(directory, 0o755);
    const server = new EmbeddedPostgres({ directory: join(directory, 'postgres'), settings: { fsync: 'off' }, programs: OLDEST_POSTGRES });
    try {
      const old = await (await new Installation((await server.start()).url).create()).prepare();
      expect((await old.admin(client => client.query('show server_version'))).rows[0].server_version).toMatch(/^15\./);
      await old.admin(fill);
      const psa = await old.app('psa');
      const ids = await withView(principal(['LF-UK'], false), () => psa.query(`select id from capture.shadow order by 1`));
      expect(ids).toEqual([{ id: 'n1' }, { id: 'n3' }]);
      expect(await withFullView('a test', () => psa.query('select count(*)::int n from capture.shadow'))).toEqual([{ n: ENTITIES.length }]);
      expect(await psa.query('select count(*)::int n from capture.shadow')).toEqual([{ n: 0 }]);
      await old.drop();
    } finally {
      await server.stop();
      await rm(directory, { recursive: true, force: true });
    }
  }, 120_000);
});
