import { afterAll, beforeAll, expect, it } from 'vitest';
import { putConsumer } from '#auth';
import { putPlan } from '#throttling';
import { testDatabase, testIssuer, type TestDatabase, type TestIssuer } from '#testing';
import { createApp } from '../create-app.js';
import { parcels } from '../parcels.fixture.js';

let database: TestDatabase;
let issuer: TestIssuer;
beforeAll(async () => {
  [database, issuer] = await Promise.all([testDatabase({ serves: [parcels] }), testIssuer()]);
});
afterAll(async () => {
  await issuer.close();
  await database.close();
});

it('counts what plans let through and refuse, by consumer; all that nobody registered together', async () => {
  await database.dataSource.transaction(async em => {
    await putPlan(em, { name: 'small', rate: 2, windowSeconds: 60, burst: 2, concurrency: null, dailyQuota: null });
    await putPlan(em, { name: 'house', rate: 90, windowSeconds: 60, burst: 90, concurrency: 5, dailyQuota: null });
    for (const [clientId, plan] of [['partner', 'small'] as const, ['operations', 'house'] as const])
      await putConsumer(em, { clientId, name: clientId, contact: 'a@example.com', plan, state: 'active' });
  });
  const app = await createApp(parcels, { env: { ...process.env, LOG_LEVEL: 'silent', PARCELS_CLIENT_SECRET: 'none' } });
  const ask = async (client: string, url = '/v1/parcels') => app.inject({ url, headers: await issuer.bearer({ client }) });
  const statuses: number[] = [];
  for (const client of ['partner', 'partner', 'partner', 'sales', 'sales', 'sales', 'portal']) statuses.push((await ask(client)).statusCode);
  const { body } = await ask('operations', '/metrics');
  await app.close();
  expect(statuses).toEqual([200, 200, 429, 403, 403, 429, 403]);
  const lines = body.split('\n').filter(line => line.startsWith('throughline_plan_'));
  expect(lines).toEqual(
    expect.arrayContaining([
      'throughline_plan_refused_total{consumer="partner",reason="rate"} 1',
      'throughline_plan_refused_total{consumer="unknown",reason="rate"} 1',
      'throughline_plan_permits_leased_total{consumer="partner"} 2',
      'throughline_plan_permits_leased_total{consumer="unknown"} 3',
      'throughline_plan_use_ratio{consumer="partner"} 1',
      'throughline_plan_ledger_reachable 1',
    ]),
  );
  expect(body).not.toContain('consumer="sales"');
});
