import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFirm } from '../../../../sandbox/src/firm/create-firm.js';
import { hcmApp } from '../../../../system/hcm/src/hcm.app.js';
import { eventually, testSandboxes, type TestSandboxes } from '#testing';
import { testPortal, type TestPortal } from '../portal.fixture.js';

// The whole chain: Workday's stand-in, the HCM app that reads it, its API, the portal's guarded
// table, GraphQL.
const firm = createFirm();
const today = new Date().toISOString().slice(0, 10);
const rateOf = (employeeNumber: string): string | undefined =>
  firm.consultants
    .find(consultant => consultant.employeeNumber === employeeNumber)!
    .costRates.filter(rate => rate.from <= today)
    .at(-1)?.amount;

let sandboxes: TestSandboxes;
let portal: TestPortal;
beforeAll(async () => {
  sandboxes = await testSandboxes({ vendors: ['workday'] });
  const { wsdl, username, password } = sandboxes.endpoints.workday;
  const workday = { WORKDAY_BASE_URL: new URL(wsdl).origin, WORKDAY_TENANT: 'larkfield', WORKDAY_USERNAME: username, WORKDAY_PASSWORD: password };
  portal = await testPortal({
    beside: [hcmApp],
    env: { ...workday, PORTAL_COST_RATE_MS: '50', PORTAL_COST_RATE_MAX_AGE_MS: '300', HCM_POLL_MS: '200' },
  });
});
afterAll(async () => {
  await portal?.close();
  await sandboxes?.close();
});

interface Workers {
  workers: {
    nodes: { employeeNumber: string; costRate: { amount: string; currency: string } | null; deniedFields: string[] }[];
    totalCount: { value: number };
  };
}
const QUERY = '{ workers(first: 200) { nodes { employeeNumber costRate { amount currency } deniedFields } totalCount { value } } }';

describe('cost rates', () => {
  it("come from HCM's API as of today, for those with the field right", async () => {
    const { nodes } = await eventually(
      async () => {
        const { workers } = await portal.ask<Workers>(QUERY, { person: 'hr' });
        return workers.nodes.filter(worker => worker.costRate !== null).length >= 50 && workers;
      },
      { withinMs: 25_000 },
    );
    for (const { employeeNumber, costRate } of nodes.filter(worker => worker.costRate))
      expect([employeeNumber, Number(costRate!.amount)]).toEqual([employeeNumber, Number(rateOf(employeeNumber))]);
  });

  it('are read by no query: a hundred answers call neither HCM nor Workday', async () => {
    const feeds = await portal.issuer.bearer({ client: 'operations' });
    await fetch(`${portal.app.gatewayUrl}/system/hcm/v1/feeds/workers`, {
      method: 'PUT',
      headers: { ...feeds, 'content-type': 'application/json' },
      body: '{"paused":true}',
    });
    const calls = JSON.stringify(await sandboxes.control.calls());
    for (let i = 0; i < 10; i++) await Promise.all(Array.from({ length: 10 }, () => portal.ask(QUERY, { person: 'hr' })));
    expect(JSON.stringify(await sandboxes.control.calls())).toBe(calls);
    const { freshness } = await portal.ask('{ freshness { system feed state } }');
    expect(freshness).toContainEqual({ system: 'hcm', feed: 'workers', state: 'PAUSED' });
    await fetch(`${portal.app.gatewayUrl}/system/hcm/v1/feeds/workers`, {
      method: 'PUT',
      headers: { ...feeds, 'content-type': 'application/json' },
      body: '{"paused":false}',
    });
  });

  it('are null and named for a person without the right, who still sees the workers', async () => {
    const { workers } = await portal.ask<Workers>(QUERY, { person: 'finance-uk' });
    expect(workers.totalCount.value).toBeGreaterThan(5);
    for (const worker of workers.nodes) expect(worker).toMatchObject({ costRate: null, deniedFields: ['costRate'] });
  });

  it('leave an audit row that names whose pay a person read, and none when none was shown', async () => {
    const rows = (id: string) =>
      portal.dataSource.query<Record<string, any>[]>(`select * from service.audit where app = 'portal' and correlation_id = $1`, [id]);
    const answer = await portal.answer<Workers>(QUERY, { person: 'finance' }, {}, { 'x-correlation-id': 'pay-unseen' });
    expect(answer.data.workers.nodes.length).toBeGreaterThan(5);
    expect(await rows('pay-unseen')).toEqual([]);
    // The first reads used up this minute's single rows of that reader; another reader's access
    // gets its row at once.
    const { data } = await portal.answer<Workers>(QUERY, { client: 'operations' }, {}, { 'x-correlation-id': 'pay-seen' });
    const shown = data.workers.nodes.filter(({ costRate }) => costRate !== null).length;
    expect(shown).toBeGreaterThan(5);
    expect(await rows('pay-seen')).toMatchObject([{ what: 'pay-read', client: 'operations', after: { count: shown } }]);
  });

  it('follow a change of pay alone, which no event reports', async () => {
    const worker = firm.consultants.find(consultant => consultant.terminatedOn === null && consultant.entity === 'LF-UK')!;
    const { wsdl, username, password } = sandboxes.endpoints.workday;
    const entered = await fetch(`${new URL(wsdl).origin}/sandbox/workers/${worker.employeeNumber}`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`, 'content-type': 'application/json' },
      body: JSON.stringify({ type: 'Request Compensation Change', effective: today, change: { costRate: '222.22' } }),
    });
    expect([entered.status, await entered.text()]).toEqual([201, expect.anything()]);
    await eventually(
      async () => {
        const { workers } = await portal.ask<Workers>(QUERY, { person: 'hr' });
        return workers.nodes.find(node => node.employeeNumber === worker.employeeNumber)?.costRate?.amount === '222.22';
      },
      { withinMs: 20_000 },
    );
  });
});
