import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { money } from '#canonical';
import { EventLog } from '#events';
import { flowMigrations, processMigrations } from '#flow';
import { dataSourceFor, migrate, withFullView, type MigrationClass } from '#persistence';
import { aDeal, testDatabase, type TestDatabase } from '#testing';
import { initiationMigrations, libsMigrations } from './engagements.migrations.js';

const OF_LIBS = [...processMigrations, ...flowMigrations, ...libsMigrations];

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
  await migrateBy([...OF_LIBS, initiationMigrations[0]]);
});
afterAll(() => database?.close());

async function migrateBy(migrations: MigrationClass[]): Promise<void> {
  const owner = await dataSourceFor({ name: 'spec', migrations }, database.url).initialize();
  await migrate(owner);
  await owner.destroy();
}

describe('the rates of deals that run already', () => {
  it('are those of the latest event, one row for each running deal, and no engagement is lost', async () => {
    const { dataSource } = database;
    const told = (id: string, type: 'deal.won.v1' | 'deal.changed.v1', rate: string) => {
      const [first, second] = aDeal({ id }).roles;
      const roles = [
        { ...first, ratePerHour: money(rate, 'GBP'), startDate: undefined },
        { ...second, endDate: '2027-01-31' },
      ];
      return {
        id: randomUUID(),
        source: '/spec',
        type,
        key: id,
        time: '2026-11-02T10:00:00.000Z',
        data: { state: aDeal({ id, roles }), changed: [] },
        legalEntities: ['LF-UK'],
        correlationId: 'spec',
      };
    };
    await withFullView('the spec', () =>
      dataSource.transaction(em =>
        new EventLog().append(em, [
          told('dea_runs', 'deal.won.v1', '160'),
          told('dea_runs', 'deal.changed.v1', '170'),
          told('dea_undone', 'deal.won.v1', '160'),
          told('dea_open', 'deal.won.v1', '160'),
        ]),
      ),
    );
    for (const [deal, status] of [
      ['dea_runs', 'active'],
      ['dea_undone', 'archived'],
      ['dea_untold', 'active'],
    ]) {
      await dataSource.query(
        `insert into initiation.engagement(deal_id, project_id, status, terms, plan_id, applied_hash, applied_modified_at, applied_seq)
         values ($1, 'p-' || $1, $2, '{"legalEntity": "LF-UK"}', 'plan', 'hash', now(), 1)`,
        [deal, status],
      );
    }

    await migrateBy([...OF_LIBS, ...initiationMigrations.slice(0, 4)]);

    const hour = (amount: string) => ({ amount, currency: 'GBP', unit: 'hour' });
    const [first, second] = aDeal({ id: 'dea_runs' }).roles;
    expect(await dataSource.query('select * from initiation.sold_rates')).toEqual([
      {
        deal_id: 'dea_runs',
        answers: [],
        legal_entities: ['LF-UK'],
        lines: [
          {
            id: first.id,
            from: '2026-12-01',
            to: '2027-03-31',
            agreements: [{ from: '2026-12-01', role: 'SVC-ARCHITECT', rate: hour('170.00') }],
          },
          {
            id: second.id,
            from: '2026-12-01',
            to: '2027-01-31',
            agreements: [{ from: '2026-12-01', role: 'SVC-CONSULTANT', rate: hour('120.00') }],
          },
        ],
      },
    ]);
    expect(await dataSource.query('select count(*)::int n from initiation.engagement')).toEqual([{ n: 3 }]);
  });
});

describe('answers about sold rates', () => {
  const hour = (amount: string) => ({ amount, currency: 'GBP', unit: 'hour' });
  const given = (line: string, rate: string, answer: 'apply' | 'keep', from: string, reRate = false) => ({
    line,
    rate: hour(rate),
    answer,
    from,
    reRate,
  });
  const line = (id: string, ...agreements: [string, string][]) => ({
    id,
    from: '2026-12-01',
    to: '2027-03-31',
    agreements: agreements.map(([from, rate]) => ({ from, role: 'SVC-ARCHITECT', rate: hour(rate) })),
  });

  it('become one decision for each line and rate, open ones become questions, and nothing is lost', async () => {
    const { dataSource } = database;
    const answers: Record<string, object[]> = {
      dea_carried: [
        given('one', '170.00', 'apply', '2026-12-10', true),
        given('one', '175.00', 'keep', '2026-12-12'),
        given('two', '130.00', 'keep', '2026-12-10'),
        // Corrected before the deal went on: the last one holds.
        given('two', '130.00', 'apply', '2026-12-11'),
      ],
      dea_first: [given('one', '150.00', 'apply', '2026-12-10')],
      dea_silent: [given('one', '164.00', 'keep', '2026-12-05')],
    };
    const lines: Record<string, object[]> = {
      dea_carried: [line('one', ['2026-12-01', '160.00'], ['2026-12-10', '170.00']), line('two', ['2026-12-01', '120.00'])],
      dea_first: [],
      dea_silent: [line('one', ['2026-12-01', '160.00'])],
    };
    for (const [deal, its] of Object.entries(answers))
      await dataSource.query(`insert into initiation.sold_rates(deal_id, lines, answers, legal_entities) values ($1, $2, $3, '{LF-UK}')`, [
        deal,
        JSON.stringify(lines[deal]),
        JSON.stringify(its),
      ]);
    const by = { kind: 'person', id: 'finance-uk' };
    await dataSource.query(
      `insert into service.audit(at, app, actor, client, what, subject, why, after, correlation_id)
       values ('2026-11-20', 'project-initiation', $1, 'spec', 'sold-rate-answered', 'dea_carried', 'agreed by mail', $2, 'spec')`,
      [by, JSON.stringify(answers.dea_carried[0])],
    );
    await dataSource.query(
      `insert into exceptions.exception(id, app, flow, step, run_id, reasons, category, desk, subject, keys, refs, money, state, opened_at, due_at,
         parked_behind, effect, legal_entities, correlation_id, history)
       values ('exc_open', 'project-initiation', 'deal-to-project', 'check', 'run', $1, 'validation', 'sales-operations', 'dea_silent', '{}', '[]', '[]',
         'open', '2026-12-08', now(), 0, 'none', '{LF-UK}', 'spec', '[]')`,
      [JSON.stringify([{ code: 'deal.rate-differs', params: { line: 'one', rate: JSON.stringify(hour('165.00')) } }])],
    );
    await dataSource.query(
      `insert into exceptions.need(exception_id, need, desk, cure) values ('exc_open', 'sold-rate:dea_silent:one', 'sales-operations', '{}')`,
    );
    await migrateBy([...OF_LIBS, ...initiationMigrations.slice(0, 5)]);

    const rows = await dataSource.query<{ deal: string; stands: string; wanted: string }[]>(
      `select record_id deal, attribute line, stands, wanted, outcome, base = case outcome when 'keep' then stands else wanted end based, detail, reason,
         decided_by, legal_entities from ownership.decision order by 1, 2, asked_at, detail ->> 'from'`,
    );
    const rate = (json: string): string | null => (json === '' ? null : JSON.parse(json).amount);
    const common = { based: true, reason: null, decided_by: null, legal_entities: ['LF-UK'] };
    const detail = (from: string, reRate = false) => ({ from, reRate });
    expect(rows.map(row => ({ ...row, stands: rate(row.stands), wanted: rate(row.wanted) }))).toEqual([
      {
        ...common,
        deal: 'dea_carried',
        line: 'one',
        stands: '160.00',
        wanted: '170.00',
        outcome: 'apply',
        detail: detail('2026-12-10', true),
        reason: 'agreed by mail',
        decided_by: by,
      },
      { ...common, deal: 'dea_carried', line: 'one', stands: '170.00', wanted: '175.00', outcome: 'keep', detail: detail('2026-12-12') },
      { ...common, deal: 'dea_carried', line: 'two', stands: '120.00', wanted: '130.00', outcome: 'apply', detail: detail('2026-12-11') },
      { ...common, deal: 'dea_first', line: 'one', stands: null, wanted: '150.00', outcome: 'apply', detail: detail('2026-12-10') },
      { ...common, deal: 'dea_silent', line: 'one', stands: '160.00', wanted: '164.00', outcome: 'keep', detail: detail('2026-12-05') },
      { ...common, deal: 'dea_silent', line: 'one', stands: '160.00', wanted: '165.00', outcome: null, based: null, detail: null },
    ]);
    expect(await dataSource.query(`select deal_id, lines from initiation.sold_rates where deal_id <> 'dea_runs' order by 1`)).toEqual(
      Object.entries(lines).map(([deal_id, its]) => ({ deal_id, lines: its })),
    );

    const owner = await dataSourceFor({ name: 'spec', migrations: [...OF_LIBS, ...initiationMigrations.slice(0, 5)] }, database.url).initialize();
    await owner.undoLastMigration();
    await owner.destroy();
    const before = Object.entries(answers).map(([deal_id, its]) => ({ deal_id, answers: its.filter(one => one !== answers.dea_carried[2]) }));
    expect(await dataSource.query(`select deal_id, answers from initiation.sold_rates where deal_id <> 'dea_runs' order by 1`)).toEqual(before);
  });
});

describe('plans that were kept before', () => {
  it('count as finished, none is lost, and an app that does not know the mark keeps plans without it', async () => {
    const { dataSource } = database;
    const keep = (id: string) =>
      dataSource.query(
        `insert into initiation.plan(id, deal_id, desired, parts, effects, legal_entities) values ($1, 'dea_planned', '{}', '{}', '[]', '{LF-UK}')`,
        [id],
      );
    await keep('before');
    await migrateBy([...OF_LIBS, ...initiationMigrations]);
    await keep('after');
    expect(await dataSource.query(`select id, unfinished from initiation.plan where deal_id = 'dea_planned' order by created_at`)).toEqual([
      { id: 'before', unfinished: false },
      { id: 'after', unfinished: false },
    ]);
  });
});
