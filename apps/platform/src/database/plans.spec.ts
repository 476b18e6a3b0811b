import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { type Database, dataSourceFor, withFullView, withView } from '#persistence';
import { TEST_ROLES, urlAs } from '#testing';
import { prepareInstallation } from './installation.js';

const LINES = 30_000;
const name = `plans_${randomBytes(4).toString('hex')}`;
const url = Object.assign(new URL(inject('postgres')), { pathname: `/${name}` }).href;

/** The statements of the pumps, the intake and the readers. */
const QUESTIONS: Record<string, { app: 'time-to-billing' | 'psa'; index: string; sql: string }> = {
  'the next batch': {
    app: 'time-to-billing',
    index: 'posting_ready',
    sql: `select p.seq from billing.posting p where p.state = 'ready' and p.operation = 'post' and p.kind = 'time' order by p.seq limit 1`,
  },
  'a claim': {
    app: 'time-to-billing',
    index: 'posting_ready',
    sql: `with heads as (
        select external_id from billing.posting where state = 'ready' and operation = 'post' and kind = 'time' order by seq limit 100 for update skip locked)
      update billing.posting p set state = 'claimed', batch = gen_random_uuid() from heads where p.external_id = heads.external_id returning p.line_id`,
  },
  'an assessment': {
    app: 'time-to-billing',
    index: 'line_unassessed',
    sql: `select id, version, kind, entry from billing.line where assessment = 'none' and approved and check_after <= clock_timestamp() order by check_after, seq limit 500`,
  },
  'the minutes of a day': {
    app: 'time-to-billing',
    index: 'line_day',
    sql: `select t.email, l.minutes from (select distinct email, day from unnest('{e1,e2}'::text[], '{2026-10-01,2026-10-02}'::date[]) as t(email, day)) t,
      lateral (select sum(minutes) minutes from billing.line where kind = 'time' and approved and email = t.email and work_date = t.day) l`,
  },
  'an intake': {
    app: 'time-to-billing',
    index: 'line_pkey',
    sql: `select id, state from billing.line where id = any('{l1,l2,l3}') order by id for update`,
  },
  "a timesheet's entries": {
    app: 'psa',
    index: 'shadow_timesheet',
    sql: `select id, state from capture.shadow where system = 'psa' and noun = 'time-entry' and (state ->> 'timesheetId') = 't7' and id > '' order by (state ->> 'timesheetId'), id limit 101`,
  },
  'the next events of a type': {
    app: 'time-to-billing',
    index: 'event_of_type',
    sql: `select * from events.event e where e.type = 'rare' and (e.xid, e.pos) > ('0'::xid8, 0) order by e.xid, e.pos limit 200`,
  },
};

describe('row security', () => {
  let admin: Client;
  const apps = new Map<string, Database>();
  beforeAll(async () => {
    const server = new Client({ connectionString: inject('postgres') });
    await server.connect();
    await server.query(`create database ${name} owner ${TEST_ROLES.owner}`);
    await server.end();
    await prepareInstallation(urlAs(TEST_ROLES.owner, url), TEST_ROLES);
    admin = new Client({ connectionString: url });
    await admin.connect();
    await admin.query(`
      insert into billing.line(id, kind, version, sequence, approved, entry, assessment, told, state, revision, project_id, email, work_date, minutes, timesheet_id, legal_entities, correlation_id, since)
        select 'l' || n, 'time', 1, 1, true, '{}', case when n > ${LINES} - 700 then 'none' else 'priced' end, true, 'ready', 1, 'p' || n % 40, 'e' || n % 60,
          date '2026-01-01' + n % 300, 60, 't' || n % 900, array['LF-' || n % 3], 'c', now() from generate_series(1, ${LINES}) n;
      insert into billing.posting(external_id, line_id, version, kind, operation, state, transaction, amount, currency, capped)
        select 'x' || n, 'l' || n, 1, 'time', 'post', case when n > ${LINES} - 900 then 'ready' else 'posted' end, '{}', 1, 'GBP', false from generate_series(1, ${LINES}) n;
      insert into capture.shadow(system, noun, id, state, version, legal_entities, seen_at)
        select 'psa', 'time-entry', 'l' || n, jsonb_build_object('timesheetId', 't' || n % 900, 'projectId', 'p' || n % 40), 1, array['LF-' || n % 3], now() from generate_series(1, ${LINES}) n;
      insert into events.event(source, id, type, key, key_seq, time, data, legal_entities, correlation_id)
        select 's', 'e' || n, case when n % 3000 = 0 then 'rare' else 'common' end, 'k' || n, 1, now(), '{}', array['LF-' || n % 3], 'c' from generate_series(1, ${LINES}) n;
      analyze billing.line; analyze billing.posting; analyze capture.shadow; analyze events.event`);
    for (const app of ['time-to-billing', 'psa']) {
      const role = TEST_ROLES.app(app);
      apps.set(app, await dataSourceFor({ name: app, migrations: [], poolSize: 1 }, urlAs(role, url), { name: TEST_ROLES.full(app) }).initialize());
    }
  }, 120_000);
  afterAll(async () => {
    for (const source of apps.values()) await source.destroy();
    await admin.end();
    const server = new Client({ connectionString: inject('postgres') });
    await server.connect();
    await server.query(`drop database ${name} with (force)`);
    await server.end();
  });

  const planOf = (rows: { 'QUERY PLAN': string }[]) => rows.map(row => row['QUERY PLAN']).join('\n');

  it.each(Object.entries(QUESTIONS))('does not change the plan of %s for work that sees everything', async (what, { app, index, sql }) => {
    // A superuser is not under row security, so this is the plan as it was without any.
    const before = planOf((await admin.query<{ 'QUERY PLAN': string }>(`explain ${sql}`)).rows);
    const after = planOf(await withFullView('a test', () => apps.get(app)!.query(`explain ${sql}`)));
    const one = planOf(
      await withView({ legalEntities: ['LF-1'], seesUnassigned: false, fieldRights: [] }, () => apps.get(app)!.query(`explain ${sql}`)),
    );
    console.log(`${what}\n--- before and for work that sees everything\n${before}\n--- for a person of one legal entity\n${one}\n`);
    expect(before).toContain(index);
    expect(after).toBe(before);
    expect(one).toContain('legal_entities &&');
  });

  it('costs a statement about as much as the statement that sets the view', async () => {
    const app = apps.get('time-to-billing')!;
    const bare = await dataSourceFor({ name: 'bare', migrations: [], poolSize: 1 }, url).initialize();
    const sql = 'select id from billing.line where id = $1';
    const time = async (ask: () => Promise<unknown>) => {
      const begun = performance.now();
      for (let n = 0; n < 500; n++) await ask();
      return (performance.now() - begun) / 500;
    };
    const rounds: [number, number, number][] = [];
    for (let round = 0; round < 7; round++)
      rounds.push([
        await time(() => bare.query(sql, ['l7'])),
        await time(() => withFullView('a test', () => app.query(sql, ['l7']))),
        await time(() => withFullView('a test', () => app.transaction(em => em.query(sql, ['l7'])))),
      ]);
    const median = (at: number) => rounds.map(round => round[at]).sort((a, b) => a - b)[3];
    console.log(
      `a look-up by id, medians of 7 x 500: ${median(0).toFixed(3)} ms bare, ${median(1).toFixed(3)} ms with its view, ${median(2).toFixed(3)} ms in a transaction of its own`,
    );
    expect(median(1) / median(0)).toBeLessThan(3);
    await bare.destroy();
  });
});
