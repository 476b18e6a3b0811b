import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CanonicalEvent } from '#apis';
import { mintId } from '#canonical';
import { captureMigrations } from '#capture';
import { EventLog, eventsMigrations } from '#events';
import { dataSourceFor, migrate, withFullView, type MigrationClass } from '#persistence';
import { serviceMigrations } from '#service';
import { aDeal, eventually, TEST_ROLES, testDatabase, type TestDatabase, urlAs } from '#testing';
import { aLine, anEvent, linesEvent, testPortal, type TestPortal } from '../portal.fixture.js';
import { portalMigrations } from './portal.migrations.js';
import { BILLING_LINES, READ_MODEL } from './read-model.subscriber.js';

const ROOMS = [...serviceMigrations, ...eventsMigrations, ...captureMigrations];

let database: TestDatabase;
let portal: TestPortal | undefined;
beforeAll(async () => {
  database = await testDatabase();
  await migrateBy([...ROOMS, ...portalMigrations.slice(0, 4)]);
});
afterAll(() => portal?.close() ?? database.close());

async function migrateBy(migrations: MigrationClass[], { url } = database): Promise<void> {
  const owner = await dataSourceFor({ name: 'spec', migrations }, urlAs(TEST_ROLES.owner, url)).initialize();
  await withFullView('the spec', () => migrate(owner));
  await owner.destroy();
}

const dealTold = (name: string, over: object = {}): CanonicalEvent => {
  const state = { ...aDeal({ id: mintId('deal', name), name, refs: [] }), ...over };
  return anEvent('deal.changed.v1', state.id, { state, changed: [] }, { legalEntities: ['LF-UK'] });
};

describe('events that the portal put aside by itself in earlier releases', () => {
  const line = aLine({ id: 'tim_carried' });
  const bad = dealTold('still bad', { closeDate: 'the day after' });
  const good = dealTold('mended');
  const [older, newer] = [dealTold('overtaken'), dealTold('overtaken')];
  const rejected = [bad, good, older, linesEvent(line)];
  const aside = () =>
    database.dataSource.query<{ place: string; noun: string; native_id: string; what: string; legal_entities: string[] }[]>(
      'select place, noun, native_id, what, legal_entities from events.set_aside order by n',
    );

  it('are carried over to the set-aside events, each of them', async () => {
    const { dataSource } = database;
    await withFullView('the spec', () => dataSource.transaction(em => new EventLog().append(em, [...rejected, newer])));
    for (const { source, id } of rejected)
      await dataSource.query(
        `insert into portal.rejected(source, id, type, key, pos, error) select source, id, type, key, pos, 'it failed' from events.event where source = $1 and id = $2`,
        [source, id],
      );
    // All events were read before.
    for (const name of [READ_MODEL, BILLING_LINES])
      await dataSource.query(
        'insert into events.subscription(name, last_xid, last_pos) select $1, xid, pos from events.event order by xid desc, pos desc limit 1',
        [name],
      );
    await migrateBy([...ROOMS, ...portalMigrations]);
    const deal = (nativeId: string) => ({
      place: 'reader portal.read-model',
      noun: 'deal',
      native_id: nativeId,
      what: 'it failed',
      legal_entities: ['LF-UK'],
    });
    expect(await aside()).toEqual([
      deal(bad.key),
      deal(good.key),
      deal(older.key),
      { place: 'reader portal.billing-lines', noun: 'billing-lines', native_id: 'billing-lines', what: 'it failed', legal_entities: [] },
    ]);
    expect(await dataSource.query(`select to_regclass('portal.rejected') is null gone`)).toEqual([{ gone: true }]);
  });

  it('are taken by the release that can, reported by it where it can not, and left where they were overtaken', async () => {
    portal = await testPortal({ database });
    await eventually(async () => (await aside()).length === 1);
    expect(await aside()).toMatchObject([{ native_id: bad.key, what: expect.stringContaining('closeDate is not a date') }]);
    const named = await portal.ask(`{ mended: deal(id: "${good.key}") { name } overtaken: deal(id: "${older.key}") { name } }`);
    expect(named).toEqual({ mended: { name: 'mended' }, overtaken: null });
    expect((await portal.ask(`{ billingLine(id: "${line.id}") { id } }`)).billingLine).toEqual({ id: line.id });
    const told = await database.dataSource.query(
      `select data ->> 'state' state, data ->> 'nativeId' of from events.event where type = 'set-aside.changed.v1' and data ->> 'state' = 'open'`,
    );
    expect(told).toEqual([{ state: 'open', of: bad.key }]);
  });
});

describe('texts stored for searching in earlier releases', () => {
  it('are folded again for every row, also beyond one page of rows, and can be migrated back', async () => {
    const filled = await testDatabase();
    try {
      const before = portalMigrations.findIndex(({ name }) => name.startsWith('PortalSearch'));
      await migrateBy([...ROOMS, ...portalMigrations.slice(0, before)], filled);
      const { dataSource } = filled;
      await dataSource.query(
        `insert into portal.subject(id, kind, title, words, changed_at)
         select 'dea_' || n, 'deal', case n when 7 then 'SØNS & 東京' else 'Deal ' || n end, 'PO-' || n, now() from generate_series(1, 2345) n`,
      );
      await migrateBy([...ROOMS, ...portalMigrations], filled);
      const rows = await dataSource.query<{ id: string; folded: string; sought: string }[]>(
        `select id, folded, sought::text from portal.subject where sought <> '' and folded <> '' order by id`,
      );
      expect(rows).toHaveLength(2345);
      expect(rows.filter(({ id }) => id === 'dea_7' || id === 'dea_2345')).toEqual([
        { id: 'dea_2345', folded: 'deal 2345', sought: "'2345':2,4 'deal':1 'po':3" },
        { id: 'dea_7', folded: 'sons & 東京', sought: "'7':5 'po':4 'sons':1 '京':3 '東':2" },
      ]);
      const indexed = `select count(*)::int n from pg_indexes where schemaname = 'portal' and indexname = 'subject_sought'`;
      expect(await dataSource.query(indexed)).toEqual([{ n: 1 }]);
    } finally {
      await filled.close();
    }
  });
});

describe('the texts that other lists’ text filters search', () => {
  it('are folded in every row, and can be migrated back', async () => {
    const filled = await testDatabase();
    try {
      const before = portalMigrations.findIndex(({ name }) => name.startsWith('PortalTextFilters'));
      await migrateBy([...ROOMS, ...portalMigrations.slice(0, before)], filled);
      const { dataSource } = filled;
      const name = `case when n = 7 then 'İpek SØNS 東京' when n % 2 = 0 then 'Straße ' || n % 40 else 'Alex Morgan' end`;
      await dataSource.query(`
        insert into portal.candidate(request_id, worker_id, name, eligible, reasons)
          select 'stf_1', 'wrk_' || n, ${name}, true, '[]' from generate_series(1, 2345) n;
        insert into portal.billing_line(id, revision, version, kind, state, since, project_id, worker_name, work_date, explanation, refs, history, legal_entities)
          select 'tim_' || n, n, 1, 'time', 'posted', now(), 'prj_1', ${name}, current_date, '[]', '[]', '[]', '{}' from generate_series(1, 2345) n;
        insert into portal.exception(id, seq, app, flow, category, desk, subject, state, opened_at, due_at, parked_behind, data, own_entities)
          select 'exc_' || n, n, 'a', 'f', 'missing-reference', 'finance', 'dea_' || n, 'open', now(), now(), 0,
            jsonb_build_object('keys', jsonb_build_object('deal', 'dea_' || n, 'dealName', ${name})), '{}' from generate_series(1, 2345) n;
        insert into portal.exception_group(need, legal_entities, desk, cure, items, waiting, parked_behind, oldest, due_at)
          select 'mapping:legal-entity:' || n || ${name}, '{}', 'finance', '{}', 1, 0, 0, now(), now() from generate_series(1, 2345) n`);
      await migrateBy([...ROOMS, ...portalMigrations], filled);
      const counted = await dataSource.query(`
        select (select count(*)::int from portal.candidate where folded <> '') candidates,
          (select count(*)::int from portal.billing_line where worker_folded <> '') lines,
          (select count(*)::int from portal.exception where folded <> '') exceptions,
          (select count(*)::int from portal.exception_group where folded <> '') groups,
          (select folded from portal.candidate where worker_id = 'wrk_7') candidate,
          (select worker_folded from portal.billing_line where id = 'tim_2342') line,
          (select folded from portal.exception where id = 'exc_7') exception,
          (select folded from portal.exception_group where need like '%:7%東京') "group"`);
      expect(counted).toEqual([
        {
          candidates: 2345,
          lines: 2345,
          exceptions: 2345,
          groups: 2345,
          candidate: 'ipek sons 東京',
          line: 'strasse 22',
          exception: 'dea_7\nipek sons 東京',
          group: 'mapping:legal-entity:7ipek sons 東京',
        },
      ]);
      const owner = await dataSourceFor(
        { name: 'spec', migrations: [...ROOMS, ...portalMigrations] },
        urlAs(TEST_ROLES.owner, filled.url),
      ).initialize();
      await withFullView('the spec', () => owner.undoLastMigration());
      await owner.destroy();
      const left = `select table_name, column_name from information_schema.columns where table_schema = 'portal' and column_name like '%folded'`;
      expect(await dataSource.query(left)).toEqual([{ table_name: 'subject', column_name: 'folded' }]);
    } finally {
      await filled.close();
    }
  });
});
