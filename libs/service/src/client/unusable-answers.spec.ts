import type { RequestListener } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { answerFit, defineApi, del, operations } from '#apis';
import { crmApi, deals, type DealResource } from '#apis/crm';
import { billing, erpApi } from '#apis/erp';
import { aDeclaration, problemOf, testIssuer, testServer, type TestIssuer, type TestServer } from '#testing';
import { log } from '../logs/log.js';
import { ApiClient } from './api-client.js';

const marks = defineApi(
  aDeclaration({ app: 'marks', layer: 'system' }),
  operations('marks', { removeMark: del('marks/:id', { scope: 'crm.write', summary: 'Remove a mark' }) }),
);

const gbp = (amount: string) => ({ amount, currency: 'GBP' });
const deal: DealResource = {
  id: 'dea_1',
  name: 'Aurora',
  stage: 'won',
  stageName: 'Closed Won',
  closeDate: '2026-11-20',
  customer: { id: 'cus_1', name: 'Borealis', active: true, refs: [] },
  currency: 'GBP',
  amount: gbp('1200.00'),
  roles: [{ id: 'rol_1', role: 'Engineer', minutes: 600, ratePerHour: gbp('120.00'), amount: gbp('1200.00'), skills: [] }],
  milestones: [],
  modifiedAt: '2026-11-20T09:15:00Z',
  refs: [],
};
const outcomes = Array.from({ length: 100 }, (_, n) => ({
  externalId: `tl-line${n}-v1`,
  result: 'posted',
  ref: { system: 'netsuite', account: 'a', type: 'timebill', nativeId: String(n) },
  amount: gbp('120.00'),
}));
const batch = { operation: 'post' as const, kind: 'time' as const, transactions: [], externalIds: [] };

let issuer: TestIssuer;
let server: TestServer | undefined;
const level = log.level;
beforeAll(async () => {
  issuer = await testIssuer();
  log.level = 'silent';
});
afterAll(async () => {
  log.level = level;
  await issuer.close();
});
afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function asking(answer: RequestListener) {
  server = await testServer(answer);
  const client = new ApiClient({ ...issuer.credentialsOf('crm-service'), scope: '', issuerUrl: issuer.url, baseUrl: server.url });
  return { crm: client.of(crmApi), erp: client.of(erpApi), marks: client.of(marks) };
}

const says =
  (body: unknown, type = 'application/json; charset=utf-8', status = 200): RequestListener =>
  (_, response) =>
    void response.writeHead(status, { 'content-type': type }).end(typeof body === 'string' ? body : JSON.stringify(body));

const HTML = '<html>Sign in to continue</html>';

describe('an answer that is not what the operation declares is as none', () => {
  it.each([
    ['a page', says(HTML, 'text/html'), 'the answer is not JSON'],
    ['a page that claims to be JSON', says(HTML), 'the answer is not JSON'],
    ['JSON that claims to be a page', says(deal, 'text/html'), 'the answer is not JSON'],
    ['nothing', says(''), 'the answer is empty'],
    ['204', (_, response) => void response.writeHead(204).end(), 'the answer is empty'],
    ['null', says(null), 'the answer is not an object'],
    ['a list', says([deal]), 'the answer is not an object'],
    ['an empty object', says({}), 'id is missing'],
    ['an id alone', says({ id: 'dea_1' }), 'name is missing'],
    ['a number for a text', says({ ...deal, stage: 7 }), 'stage is not of the kind string'],
    ['null for a text', says({ ...deal, stage: null }), 'stage is not of the kind string'],
    ['an object for a list', says({ ...deal, roles: {} }), 'roles is not an array'],
    [
      'a nested class without a member',
      says({ ...deal, roles: [{ ...deal.roles[0], amount: { amount: '1' } }] }),
      'roles[0].amount.currency is missing',
    ],
    ['a number below its bound', says({ ...deal, roles: [{ ...deal.roles[0], minutes: -1 }] }), 'roles[0].minutes is not from 0 to Infinity'],
    ['an optional member of another kind', says({ ...deal, purchaseOrder: {} }), 'purchaseOrder is not of the kind string'],
  ])('%s', async (_, answer, why) => {
    const { crm } = await asking(answer);
    expect(await problemOf(crm.getDeal({ id: 'dea_1' }))).toMatchObject({
      kind: 'vendor-unavailable',
      code: 'answer-not-as-declared',
      retryable: true,
      detail: `crm answered getDeal otherwise than declared: ${why}.`,
    });
  });

  it('a page of a list without its cursor, or with another item', async () => {
    for (const [body, why] of [
      [{ items: [] }, 'nextCursor is missing'],
      [{ items: [], nextCursor: 3 }, 'nextCursor is neither a text nor null'],
      [{ nextCursor: null }, 'items is missing'],
      [{ items: [deal, 'x'], nextCursor: null }, 'items[1] is not an object'],
    ] as const) {
      const { crm } = await asking(says(body));
      expect((await problemOf(crm.listDeals())).detail).toContain(`: ${why}.`);
      await server?.close();
    }
  });

  it.each([-1, 0, 1.5, 'x'])('a batch size of %s', async batchSize => {
    const { erp } = await asking(says({ batchSize }));
    expect((await problemOf(erp.getBillingMeans())).detail).toContain('batchSize is not');
  });

  it('and what a write did is unknown', async () => {
    const { erp } = await asking(says({ state: 'done' }));
    const problem = await problemOf(erp.putBillingBatch({ id: 'b1', body: batch }));
    expect([problem.kind, problem.code, problem.retryable]).toEqual(['vendor-unavailable', 'outcome-unknown', true]);
    await server?.close();
    const look = await asking(says({}));
    expect((await problemOf(look.erp.lookUpBillableTransactions({ body: { externalIds: [] } }))).code).toBe('answer-not-as-declared');
  });

  it('is logged once, and never echoed', async () => {
    const warn = vi.spyOn(log, 'warn').mockImplementation(() => undefined);
    const { crm } = await asking(says({ ...deal, stage: { secret: 'hush' } }));
    const problem = await problemOf(crm.getDeal({ id: 'dea_1' }));
    expect(warn).toHaveBeenCalledOnce();
    expect(JSON.stringify([warn.mock.calls, problem, problem.cause])).not.toContain('hush');
    warn.mockRestore();
  });

  it('one that never ends is read up to the bound, and then dropped', async () => {
    let dropped = false;
    const block = Buffer.alloc(1024 * 1024, ' ');
    const { crm } = await asking((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.on('close', () => (dropped = true));
      const more = (): void => {
        while (!dropped && response.write(block));
      };
      response.on('drain', more);
      more();
    });
    const problem = await problemOf(crm.getDeal({ id: 'dea_1' }));
    expect([problem.code, problem.detail]).toEqual(['answer-not-as-declared', expect.stringContaining('is larger than 67108864 bytes')]);
    await vi.waitFor(() => expect(dropped).toBe(true));
  });
});

describe('an answer is taken', () => {
  it('as declared, with further members, nulls for what is optional, and +json', async () => {
    const said = { ...deal, purchaseOrder: null, later: { a: [1] } };
    const { crm } = await asking(says(said, 'application/vnd.crm+json'));
    expect(await crm.getDeal({ id: 'dea_1' })).toEqual(said);
  });

  it('that is empty, of an operation without an answer; and no page for it', async () => {
    const none = await asking((_, response) => void response.writeHead(204).end());
    expect(await none.marks.removeMark({ id: 'm1' })).toBeUndefined();
    await server?.close();
    const page = await asking(says(HTML, 'text/html'));
    expect(await problemOf(page.marks.removeMark({ id: 'm1' }))).toMatchObject({ code: 'outcome-unknown' });
  });

  it('at a cost that is nothing beside the call', () => {
    const microseconds = (fit: ReturnType<typeof answerFit>, value: unknown): number => {
      const runs = 2_000;
      for (let i = 0; i < runs; i++) fit!(value);
      const from = performance.now();
      for (let i = 0; i < runs; i++) expectNone(fit!(value));
      return ((performance.now() - from) / runs) * 1000;
    };
    const expectNone = (misfit: unknown): void => {
      if (misfit) throw new Error(JSON.stringify(misfit));
    };
    const ofDeal = microseconds(answerFit(deals.getDeal), deal);
    const ofBatch = microseconds(answerFit(billing.putBillingBatch), { state: 'done', outcomes });
    console.log(`a deal ${ofDeal.toFixed(1)} µs, a batch of 100 outcomes ${ofBatch.toFixed(1)} µs`);
    expect(ofBatch).toBeLessThan(1_000);
  });
});
