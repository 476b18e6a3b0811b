import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { money } from '#canonical';
import { EventLog, eventsMigrations } from '#events';
import { exceptionsMigrations } from '#exceptions';
import { flowMigrations } from '#flow';
import { mappingsMigrations } from '#mappings';
import { dataSourceFor, migrate, withFullView, type MigrationClass } from '#persistence';
import { serviceMigrations } from '#service';
import { aDeal, testDatabase, type TestDatabase } from '#testing';
import { initiationMigrations } from './engagements.migrations.js';

const OF_LIBS = [...serviceMigrations, ...eventsMigrations, ...mappingsMigrations, ...exceptionsMigrations, ...flowMigrations];

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
  it('are agreed as they were told last, one row for each running deal, and no engagement is lost', async () => {
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

    await migrateBy([...OF_LIBS, ...initiationMigrations]);

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
