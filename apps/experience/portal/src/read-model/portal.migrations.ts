import { thingOf, type CanonicalEvent } from '#apis';
import { folded, mintId, type ExceptionRecord } from '#canonical';
import { whatIs } from '#events';
import type { MigrationInterface, QueryRunner } from '#persistence';
import { keysFolded } from './exceptions.projection.js';
import { searchColumns } from './batch.js';
import { PortalBilling1763700040002, PortalReadModel1763700040001 } from './first-tables.migrations.js';

/**
 * Whether a line is billable work, and whether its worth is only an estimate because it has no
 * price yet.
 */
export class PortalBillingEstimates1763700040003 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table portal.billing_line add billable boolean not null default true, add estimated boolean not null default false`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table portal.billing_line drop billable, drop estimated');
  }
}

/**
 * All schemas now have the same rule for who sees a row. This removes the portal's own rules from
 * this database. Its role stays, because roles belong to the server and another database may still
 * use it.
 */
export class PortalRowRules1763700040004 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      do $$ declare p record; begin
        for p in select policyname, tablename from pg_policies where schemaname = 'portal' loop
          execute format('drop policy %I on portal.%I', p.policyname, p.tablename);
        end loop;
        if exists (select 1 from pg_roles where rolname = 'throughline_portal_reader') then
          revoke all on all tables in schema portal, capture, events from throughline_portal_reader;
          revoke all on schema portal, capture, events from throughline_portal_reader;
        end if;
      end $$;
      drop function if exists portal.viewer_entities(), portal.viewer_sees_all(), portal.viewer_sees_unassigned(), portal.viewer_field_rights()`);
  }

  async down(): Promise<void> {
    // Nothing to restore: the list makes the policies, after all migrations.
  }
}

interface Rejected extends Pick<CanonicalEvent, 'type' | 'key' | 'data'> {
  pos: string;
  error: string;
  at: Date;
}

/**
 * Events that could not be read were stored here and never retried. Now they are set aside like all
 * others. They are marked as from no release, so that this one retries them. Which line of an event
 * with many failed is not known, so the whole event is set aside.
 */
export class PortalRejected1763700040005 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const rejected = (await runner.query(
      'select e.pos, e.type, e.key, e.data, r.error, r.at from portal.rejected r join events.event e using (source, id) order by e.pos',
    )) as Rejected[];
    const rows = rejected.map(event => {
      const lines = event.type === 'billing-lines.changed.v1';
      const place = `reader portal.${lines ? 'billing-lines' : 'read-model'}`;
      const key = lines ? event.key : thingOf(event);
      return { place, key, pos: event.pos, id: mintId('exception', 'set-aside', place, key, event.pos), what: whatIs(event.error), at: event.at };
    });
    await runner.query(
      `insert into events.set_aside(place, key, item, id, system, noun, native_id, what, release, legal_entities, correlation_id, at)
       select r.place, r.key, e.pos, r.id, coalesce(ref ->> 'system', e.source), coalesce(ref ->> 'type', split_part(e.type, '.', 1)),
         coalesce(ref ->> 'nativeId', e.key), r.what, '', e.legal_entities, e.correlation_id, r.at
       from jsonb_to_recordset($1::jsonb) as r(place text, key text, pos bigint, id text, what text, at timestamptz)
       join events.event e using (pos), lateral (select e.data -> 'state' -> 'refs' -> 0 ref) named
       order by e.pos on conflict do nothing`,
      [JSON.stringify(rows)],
    );
    await runner.query('drop table portal.rejected');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table portal.rejected(
        source text not null, id text not null, type text not null, key text not null, pos bigint not null, error text not null,
        at timestamptz not null default now(), primary key(source, id))`);
  }
}

/**
 * Postgres folded searched texts and split them into words by the locale of the database; under C
 * it knew only the capital letters of ASCII. Now the app does both, when it writes and when it
 * searches, and Postgres compares bytes.
 */
export class PortalSearch1796013000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table portal.subject alter column sought drop expression, add column folded text not null default '';
      update portal.subject set sought = '';
      alter table portal.subject alter column sought set default '', alter column sought set not null`);
    await inPages<{ id: string; title: string; words: string }>(runner, 'id, title, words from portal.subject', async rows => {
      await runner.query(
        `update portal.subject s set folded = r.folded, sought = r.sought::tsvector
         from jsonb_to_recordset($1::jsonb) as r(id text, folded text, sought text) where s.id = r.id`,
        [JSON.stringify(rows.map(({ id, title, words }) => ({ id, ...searchColumns(title, words) })))],
      );
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table portal.subject drop column sought, drop column folded;
      alter table portal.subject add column sought tsvector
        generated always as (to_tsvector('simple', regexp_replace(title || ' ' || words, '[^[:alnum:]]+', ' ', 'g'))) stored;
      create index subject_sought on portal.subject using gin(sought)`);
  }
}

/**
 * The folded texts that other lists' `text` filters search, folded on writing as titles are; until
 * now Postgres folded them by its locale.
 */
export class PortalTextFilters1796019960000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table portal.candidate add column folded text not null default '';
      alter table portal.billing_line add column worker_folded text not null default '';
      alter table portal.exception add column folded text not null default '';
      alter table portal.exception_group add column folded text not null default ''`);
    await foldEach(runner, 'candidate', 'name', 'folded');
    await foldEach(runner, 'billing_line', 'worker_name', 'worker_folded');
    await foldEach(runner, 'exception_group', 'need', 'folded');
    await inPages<{ id: string; keys: ExceptionRecord['keys'] }>(runner, `id, data->'keys' keys from portal.exception`, async rows => {
      const texts = rows.map(({ id, keys }) => ({ id, folded: keysFolded(keys) }));
      await runner.query(
        `update portal.exception x set folded = r.folded from jsonb_to_recordset($1::jsonb) as r(id text, folded text) where x.id = r.id`,
        [JSON.stringify(texts)],
      );
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table portal.exception_group drop column folded;
      alter table portal.exception drop column folded;
      alter table portal.billing_line drop column worker_folded;
      alter table portal.candidate drop column folded`);
  }
}

/** Rows in pages of a thousand, ordered by id. */
async function inPages<T extends { id: string }>(runner: QueryRunner, columns: string, work: (rows: T[]) => Promise<void>): Promise<void> {
  for (let last = ''; ;) {
    const rows = (await runner.query(`select ${columns} where id > $1 order by id limit 1000`, [last])) as T[];
    if (rows.length === 0) return;
    await work(rows);
    last = rows.at(-1)!.id;
  }
}

/**
 * Fills a column with the folded text of another. It folds each distinct name once, because there
 * are far fewer names than rows.
 */
async function foldEach(runner: QueryRunner, table: string, from: string, to: string): Promise<void> {
  const names = (await runner.query(`select distinct ${from} as name from portal.${table}`)) as { name: string }[];
  await runner.query(
    `update portal.${table} t set ${to} = r.folded from jsonb_to_recordset($1::jsonb) as r(name text, folded text) where t.${from} = r.name`,
    [JSON.stringify(names.map(({ name }) => ({ name, folded: folded(name) })))],
  );
}

export const portalMigrations = [
  PortalReadModel1763700040001,
  PortalBilling1763700040002,
  PortalBillingEstimates1763700040003,
  PortalRowRules1763700040004,
  PortalRejected1763700040005,
  PortalSearch1796013000000,
  PortalTextFilters1796019960000,
];
