import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Consumers, consumersMigrations, putConsumer, removeConsumer, type Consumer } from '#auth';
import { dataSourceFor } from '#persistence';
import { eventually, TEST_ROLES, testDatabase, type TestDatabase, urlAs } from '#testing';
import { builtInPlan, smallestOf } from './plan.rules.js';
import type { Plan } from './plan.table.js';
import { plansMigrations } from './plans.migrations.js';
import { Plans, putPlan, removePlan } from './plans.js';

const aPlan = (name: string, more: Partial<Plan> = {}): Plan => ({
  name,
  rate: 600,
  windowSeconds: 60,
  burst: 60,
  concurrency: 10,
  dailyQuota: 10_000,
  ...more,
});
const aConsumer = (clientId: string, plan: string): Consumer => ({
  clientId,
  name: clientId,
  contact: `${clientId}@example.com`,
  plan,
  state: 'active',
});

let database: TestDatabase;
let consumers: Consumers;
let plans: Plans;
beforeAll(async () => {
  database = await testDatabase({ migrations: [...consumersMigrations, ...plansMigrations] });
});
afterAll(() => database.close());
beforeEach(async () => {
  await database.dataSource.query('truncate governance.consumer, governance.plan');
  consumers = new Consumers(database.dataSource);
  plans = new Plans(database.dataSource, consumers, builtInPlan(30_000));
  await Promise.all([consumers.start(), plans.start()]);
  return () => [consumers, plans].forEach(kept => kept.stop());
});

describe('the plan of a client', () => {
  it('is the built-in one in a deployment that has made none', () => {
    expect(plans.of('nobody')).toEqual(builtInPlan(30_000));
  });

  it('is that of its consumer, and the smallest where nobody registered it or its plan is gone', async () => {
    await database.dataSource.transaction(async em => {
      await putPlan(em, aPlan('silver'));
      await putPlan(em, aPlan('bronze', { rate: 60, burst: 10 }));
      await putConsumer(em, aConsumer('portal', 'silver'));
      await putConsumer(em, aConsumer('partner', 'gone'));
    });
    await eventually(() => plans.of('portal').name === 'silver');
    expect(['portal', 'partner', 'nobody'].map(client => plans.of(client).name)).toEqual(['silver', 'bronze', 'bronze']);
  });

  it('changes everywhere when the change is committed, by whatever hand', async () => {
    await database.dataSource.transaction(em => putPlan(em, aPlan('silver')));
    await eventually(() => plans.of('nobody').rate === 600);
    await database.dataSource.query(`update governance.plan set rate = 900 where name = 'silver'`);
    await eventually(() => plans.of('nobody').rate === 900);
    await database.dataSource.transaction(em => removePlan(em, 'silver'));
    await eventually(() => plans.of('nobody').name === 'built-in');
  });

  it('changes with what is agreed with its consumer', async () => {
    await database.dataSource.transaction(async em => {
      await putPlan(em, aPlan('silver'));
      await putPlan(em, aPlan('bronze', { rate: 60 }));
      await putConsumer(em, aConsumer('portal', 'silver'));
    });
    await eventually(() => plans.of('portal').name === 'silver');
    await database.dataSource.transaction(em => putConsumer(em, aConsumer('portal', 'bronze')));
    await eventually(() => consumers.find('portal')?.plan === 'bronze');
    expect(await database.dataSource.transaction(em => removeConsumer(em, 'portal'))).toBe(true);
    expect(await database.dataSource.transaction(em => removeConsumer(em, 'portal'))).toBe(false);
    await eventually(() => consumers.find('portal') === undefined);
  });
});

describe('the smallest plan', () => {
  it('allows the fewest calls a second, then the fewest a day', () => {
    const hourly = aPlan('hourly', { rate: 1_200, windowSeconds: 3_600 });
    expect(smallestOf([aPlan('a'), hourly, aPlan('b')])?.name).toBe('hourly');
    expect(smallestOf([aPlan('a', { dailyQuota: null }), aPlan('b', { dailyQuota: 5 }), aPlan('c', { dailyQuota: 6 })])?.name).toBe('b');
    expect(smallestOf([])).toBeUndefined();
  });
});

describe('the tables of consumers and plans', () => {
  it.each([
    ['a rate that its burst can never reach', aPlan('x', { rate: 6_000, burst: 100 })],
    ['a window of a second', aPlan('x', { windowSeconds: 1 })],
    ['no calls', aPlan('x', { rate: 0 })],
    ['a name that no header could carry', aPlan('x"; q=1')],
  ])('refuse %s', async (_, wrong) => {
    await expect(database.dataSource.transaction(em => putPlan(em, wrong))).rejects.toThrow(/check constraint/);
  });

  it('refuse a consumer whom nobody could write to', async () => {
    const unreachable = { ...aConsumer('portal', 'silver'), contact: 'nobody' };
    await expect(database.dataSource.transaction(em => putConsumer(em, unreachable))).rejects.toThrow(/check constraint/);
  });

  it('are read by every app and written by none', async () => {
    for (const app of ['crm', 'time-to-billing', 'portal']) {
      const asApp = await dataSourceFor({ name: app, migrations: [] }, urlAs(TEST_ROLES.app(app), database.url)).initialize();
      await asApp.query('select * from governance.plan, governance.consumer');
      await expect(asApp.transaction(em => putPlan(em, aPlan('mine')))).rejects.toThrow(/permission denied/);
      await expect(asApp.transaction(em => putConsumer(em, aConsumer('me', 'mine')))).rejects.toThrow(/permission denied/);
      await asApp.destroy();
    }
  });
});
