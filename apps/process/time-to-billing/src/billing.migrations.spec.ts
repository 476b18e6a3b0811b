import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EventLog } from '#events';
import { processMigrations } from '#flow';
import { dataSourceFor, migrate, withFullView, type MigrationClass } from '#persistence';
import { testDatabase, type TestDatabase } from '#testing';
import {
  billingMigrations,
  libsMigrations,
  CustomerOfDelivery1796020650001,
  ExpenseUnits1796008920000,
  PassedOver1796035817000,
} from './billing.migrations.js';

const OF_LIBS = [...processMigrations, ...libsMigrations];

const EARLIER = [...OF_LIBS, billingMigrations[0]];

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
  await migrateBy(EARLIER);
});
afterAll(() => database?.close());

async function migrateBy(migrations: MigrationClass[], { url } = database): Promise<void> {
  const owner = await dataSourceFor({ name: 'spec', migrations }, url).initialize();
  await migrate(owner);
  await owner.destroy();
}

const event = (type: string, id: string, legalEntities: string[], state: object = {}) => ({
  id: randomUUID(),
  source: '/spec',
  type: type as 'deal.won.v1',
  key: id,
  time: '2026-11-02T10:00:00.000Z',
  data: { state: { id, ...state }, changed: [] } as never,
  legalEntities,
  correlationId: 'spec',
});

describe('rates and terms from before they had legal entities', () => {
  it('get the entities of what they are stated for, and none is lost', async () => {
    const { dataSource } = database;
    await withFullView('the spec', () =>
      dataSource.transaction(em =>
        new EventLog().append(em, [
          // The newest word of each counts.
          event('project.changed.v1', 'p-psa', ['LF-US'], { legalEntity: 'LF-US' }),
          event('project.changed.v1', 'p-psa', ['LF-DE'], { legalEntity: 'LF-DE' }),
          event('project.changed.v1', 'p-uk', ['LF-US'], { legalEntity: 'LF-US' }),
          event('project.changed.v1', 'p-none', [], { legalEntity: '' }),
          event('rate-card.changed.v1', 'RC-UK:2026', ['LF-US'], { code: 'RC-UK' }),
          event('rate-card.changed.v1', 'RC-UK:2026', ['LF-UK'], { code: 'RC-UK' }),
          event('deal.changed.v1', 'd-1', ['LF-UK']),
          event('deal.won.v1', 'd-1', ['LF-US']),
        ]),
      ),
    );
    await dataSource.query(`
      insert into billing.project(id, customer_id, financial) values
        ('p-uk', 'c-both', '{"dimensions": {"legalEntity": "LF-UK"}}'), ('p-us', 'c-both', '{"dimensions": {"legalEntity": "LF-US"}}'),
        ('p-psa', 'c-de', null), ('p-none', null, '{"dimensions": {"legalEntity": ""}}');
      insert into billing.assignment(id, project_id, email, state) values ('a-us', 'p-us', 'x', '{}');
      insert into mappings.mapping(kind, source, target, changed_by) values ('legal-entity', 'Larkfield KK', 'LF-JP', 'spec');
      insert into billing.period(id, legal_entity, name, start_date, end_date, open) values ('m', 'LF-FR', 'm', '2026-01-01', '2026-01-31', true);`);
    const rates = [
      ['project', 'p-uk', 'stated'],
      ['project', 'p-psa', 'stated'],
      ['project', 'p-none', 'stated'],
      ['contract', 'p-us', 'stated'],
      ['customer', 'c-both', 'stated'],
      ['assignment', 'a-us', 'stated'],
      ['legal-entity', 'LF-FR', 'stated'],
      ['legal-entity', 'LF-DE', 'stated'],
      ['legal-entity', 'LF-JP', 'stated'],
      ['legal-entity', 'LF-XX', 'stated'],
      ['project', 'never-was', 'stated'],
      ['card', 'RC-UK', 'card:RC-UK:2026'],
      ['contract', 'prj_of_deal', 'deal:d-1'],
      ['contract', 'p-uk', 'deal:d-1'],
      ['customer', 'c-none', 'deal:d-1'],
    ];
    for (const [level, subject, origin] of rates) {
      await dataSource.query(
        `insert into billing.rate(id, level, subject, unit, amount, currency, from_date, origin) values ($1, $2, $3, 'hour', 1, 'GBP', '2026-01-01', $4)`,
        [`${level} ${subject}`, level, subject, origin],
      );
    }
    await dataSource.query(
      `insert into billing.expense_term(id, level, subject, treatment, from_date) values
         ('t-uk', 'project', 'p-uk', 'at-cost', '2026-01-01'), ('t-card', 'contract', 'RC-UK', 'at-cost', '2026-01-01')`,
    );

    await migrateBy([...EARLIER, ...billingMigrations.slice(1)]);

    const entities = async (table: string) =>
      Object.fromEntries(
        (await dataSource.query<{ id: string; legal_entities: string[] }[]>(`select id, legal_entities from billing.${table}`)).map(row => [
          row.id,
          row.legal_entities,
        ]),
      );
    expect(await dataSource.query('select count(*)::int n, count(minutes_per_day)::int days from billing.rate')).toEqual([
      { n: rates.length, days: 0 },
    ]);
    expect(await entities('rate')).toEqual({
      'project p-uk': ['LF-UK'],
      'project p-psa': ['LF-DE'],
      'project p-none': [],
      'contract p-us': ['LF-US'],
      'customer c-both': ['LF-UK', 'LF-US'],
      'assignment a-us': ['LF-US'],
      'legal-entity LF-FR': ['LF-FR'],
      'legal-entity LF-DE': ['LF-DE'],
      'legal-entity LF-JP': ['LF-JP'],
      'legal-entity LF-XX': [],
      'project never-was': [],
      'card RC-UK': ['LF-UK'],
      'contract prj_of_deal': ['LF-US'],
      'contract p-uk': ['LF-UK'],
      'customer c-none': ['LF-US'],
    });
    expect(await entities('expense_term')).toEqual({ 't-uk': ['LF-UK'], 't-card': ['LF-UK'] });
    expect(await entities('project')).toEqual({ 'p-uk': ['LF-UK'], 'p-us': ['LF-US'], 'p-psa': ['LF-DE'], 'p-none': [] });
  });
});

describe('rates of sold lines that were kept for all days of their deal', () => {
  let filled: TestDatabase;
  beforeAll(async () => void (filled = await testDatabase()));
  afterAll(() => filled?.close());

  it('get the days of their lines by the latest event, and none is lost', async () => {
    const before = [...OF_LIBS, ...billingMigrations.slice(0, 2)];
    await migrateBy(before, filled);
    const state = (startDate: string | undefined, roles: object[]) => ({ startDate, endDate: '2027-06-30', roles });
    await withFullView('the spec', () =>
      filled.dataSource.transaction(em =>
        new EventLog().append(em, [
          event('deal.won.v1', 'd-1', ['LF-UK'], state('2026-10-01', [{ id: 'l-1', endDate: '2026-11-30' }])),
          event(
            'deal.changed.v1',
            'd-1',
            ['LF-UK'],
            state('2026-11-01', [
              { id: 'l-1', endDate: '2027-02-28' },
              { id: 'l-2', startDate: '2027-03-01' },
            ]),
          ),
          event('deal.won.v1', 'd-2', ['LF-UK'], state('2026-10-01', [{ id: 'l-3' }])),
        ]),
      ),
    );
    const rows = [
      ['deal:l-1', 'deal:d-1'],
      ['deal:l-2', 'deal:d-1'],
      ['deal:l-3', 'deal:d-2'],
      ['deal:l-gone', 'deal:d-3'],
      ['stated:x', 'stated'],
      ['RC:1', 'card:RC'],
    ];
    for (const [id, origin] of rows) {
      await filled.dataSource.query(
        `insert into billing.rate(id, level, subject, unit, amount, currency, from_date, to_date, origin)
         values ($1, 'contract', 'p', 'hour', 1, 'GBP', '2026-10-01', '2027-06-30', $2)`,
        [id, origin],
      );
    }
    await migrateBy([...before, billingMigrations[2]], filled);
    const kept = await filled.dataSource.query<object[]>(`select id, from_date::text "from", to_date::text "to" from billing.rate order by id`);
    expect(kept).toEqual([
      { id: 'RC:1', from: '2026-10-01', to: '2027-06-30' },
      { id: 'deal:l-1', from: '2026-11-01', to: '2027-02-28' },
      { id: 'deal:l-2', from: '2027-03-01', to: '2027-06-30' },
      { id: 'deal:l-3', from: '2026-10-01', to: '2027-06-30' },
      { id: 'deal:l-gone', from: '2026-10-01', to: '2027-06-30' },
      { id: 'stated:x', from: '2026-10-01', to: '2027-06-30' },
    ]);
  });
});

describe('terms per unit from before they stated their unit', () => {
  let filled: TestDatabase;
  beforeAll(async () => void (filled = await testDatabase()));
  afterAll(() => filled?.close());

  it('get the unit cost where the term has one, else the unit item; the audit lists each, and none is lost', async () => {
    const upTo = billingMigrations.indexOf(ExpenseUnits1796008920000);
    await migrateBy([...OF_LIBS, ...billingMigrations.slice(0, upTo)], filled);
    await filled.dataSource.query(`
      insert into billing.expense_term(id, level, subject, treatment, percent, unit_rate, unit_cost, from_date) values
        ('mile', 'project', 'p', 'per-unit', null, '{"amount": "0.60", "currency": "GBP"}', '{"amount": "0.45", "currency": "GBP"}', '2026-01-01'),
        ('meals', 'project', 'p', 'per-unit', null, '{"amount": "45.00", "currency": "GBP"}', null, '2026-02-01'),
        ('no-rate', 'project', 'p', 'per-unit', null, null, null, '2026-03-01'),
        ('mark-up', 'project', 'p', 'mark-up', -150, null, null, '2026-04-01'),
        ('at-cost', 'project', 'p', 'at-cost', null, null, null, '2026-05-01')`);
    await migrateBy([...OF_LIBS, ...billingMigrations.slice(0, upTo + 1)], filled);
    expect(await filled.dataSource.query('select id, unit, percent from billing.expense_term order by from_date')).toEqual([
      { id: 'mile', unit: 'cost', percent: null },
      { id: 'meals', unit: 'item', percent: null },
      { id: 'no-rate', unit: 'item', percent: null },
      { id: 'mark-up', unit: null, percent: '-150' },
      { id: 'at-cost', unit: null, percent: null },
    ]);
    const told = await filled.dataSource.query<object[]>(`select subject, after from service.audit where what = 'expense-term-unit' order by id`);
    expect(told).toEqual([
      { subject: 'meals', after: { unit: 'item' } },
      { subject: 'mile', after: { unit: 'cost' } },
      { subject: 'no-rate', after: { unit: 'item' } },
    ]);
  });
});

describe('projects from before finance could name a customer without an id of ours', () => {
  let filled: TestDatabase;
  beforeAll(async () => void (filled = await testDatabase()));
  afterAll(() => filled?.close());

  it('keep their customer, except a number that names nobody and has no rates, and none is lost', async () => {
    const place = billingMigrations.indexOf(CustomerOfDelivery1796020650001);
    await migrateBy([...OF_LIBS, ...billingMigrations.slice(0, place)], filled);
    await filled.dataSource.query(`
      insert into billing.project(id, customer_id) values ('p-1', 'cus_1'), ('p-2', null), ('p-3', 'C-0003'), ('p-4', 'C-0004');
      insert into billing.rate(id, level, subject, unit, amount, currency, from_date, origin)
        values ('r-4', 'customer', 'C-0004', 'hour', 1, 'GBP', '2026-01-01', 'stated')`);
    await migrateBy([...OF_LIBS, ...billingMigrations.slice(0, place + 1)], filled);
    expect(await filled.dataSource.query('select id, customer_id, delivery_customer_id from billing.project order by id')).toEqual([
      { id: 'p-1', customer_id: 'cus_1', delivery_customer_id: 'cus_1' },
      { id: 'p-2', customer_id: null, delivery_customer_id: null },
      { id: 'p-3', customer_id: null, delivery_customer_id: null },
      { id: 'p-4', customer_id: 'C-0004', delivery_customer_id: 'C-0004' },
    ]);
  });
});

describe('lines that were skipped while an older version was on an invoice', () => {
  let filled: TestDatabase;
  beforeAll(async () => void (filled = await testDatabase()));
  afterAll(() => filled?.close());

  it('are done with that invoice, all others go on as before, and none is lost', async () => {
    const upTo = billingMigrations.indexOf(PassedOver1796035817000);
    await migrateBy([...OF_LIBS, ...billingMigrations.slice(0, upTo)], filled);
    const lines = [
      ['left', 'skipped', 'correcting', 'billed', 'posted'],
      ['unbilled', 'skipped', 'correcting', 'unbilled', 'posted'],
      ['gone', 'skipped', 'skipped', 'billed', 'reversed'],
      ['asked', 'blocked', 'correcting', 'billed', 'posted'],
    ];
    for (const [id, assessment, state, billed, posting] of lines) {
      await filled.dataSource.query(
        `insert into billing.line(id, kind, version, sequence, approved, told, email, entry, assessment, project_id, work_date, state, since, revision, legal_entities,
           correlation_id) values ($1, 'time', 2, 1, true, true, 'ada@larkfield.example', '{}', $2, 'p', '2026-11-02', $3, now(), 1, '{LF-UK}', 'spec')`,
        [id, assessment, state],
      );
      await filled.dataSource.query(
        `insert into billing.posting(external_id, line_id, version, kind, operation, state, transaction, amount, currency, capped, billing)
         values ($1, $1, 1, 'time', 'post', $2, '{}', 1, 'GBP', false, $3)`,
        [id, posting, billed],
      );
    }
    await migrateBy([...OF_LIBS, ...billingMigrations.slice(0, upTo + 1)], filled);
    const kept = await filled.dataSource.query<object[]>(
      `select l.id, l.state, l.told, p.version from billing.line l join billing.posting p on p.line_id = l.id order by l.id`,
    );
    expect(kept).toEqual([
      { id: 'asked', state: 'correcting', told: true, version: 1 },
      { id: 'gone', state: 'skipped', told: true, version: 1 },
      { id: 'left', state: 'skipped', told: false, version: 2 },
      { id: 'unbilled', state: 'correcting', told: true, version: 1 },
    ]);
  });
});
