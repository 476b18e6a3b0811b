import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mintId, money, priceOf, type BillableTransaction, type BillingBatch, type BillingOutcome } from '#canonical';
import { createFirm } from '../../../../sandbox/src/firm/create-firm.js';
import { ErpUnderTest } from '../erp.fixture.js';

let erp: ErpUnderTest;
let serial = 0;

const firm = createFirm();
const project = firm.projects.find(({ billingMethod, closedOn, entity }) => billingMethod === 'T&M' && closedOn === null && entity === 'LF-UK')!;
const consultant = firm.consultants.find(({ terminatedOn }) => terminatedOn === null)!;

function aLine(over: Partial<BillableTransaction> = {}): BillableTransaction {
  const ratePerHour = money('150', project.currency);
  return {
    externalId: `tl-${mintId('time-entry', 'spec', String(serial++))}-v1`,
    kind: 'time',
    projectId: project.id,
    employeeNumber: consultant.employeeNumber,
    legalEntity: project.entity,
    costCentre: project.costCentre,
    taxCode: 'GB-S20',
    workDate: '2026-11-16',
    postingDate: '2026-11-16',
    billable: true,
    minutes: 455,
    role: consultant.role,
    ratePerHour,
    amount: priceOf(ratePerHour, 455),
    memo: 'Design workshop',
    ...over,
  };
}
const post = (...transactions: BillableTransaction[]): BillingBatch => ({
  operation: 'post',
  kind: transactions[0].kind,
  transactions,
  externalIds: [],
});
const put = (batch: BillingBatch, id = randomUUID(), headers: Record<string, string> = {}) =>
  erp.call('PUT', `billing-batches/${id}`, { body: batch, headers });

describe('/system/erp/v1/billing-batches', () => {
  beforeAll(async () => {
    erp = await ErpUnderTest.start();
  }, 60_000);
  afterAll(() => erp.close());

  it('posts a batch once, with what the ERP computes, however often it is asked to', async () => {
    const batch = post(aLine(), aLine({ minutes: 60, amount: money('150', project.currency) }));
    const id = randomUUID();
    const first = await put(batch, id);
    expect([first.status, first.body.state]).toEqual([200, 'done']);
    expect(first.body.outcomes.map(({ externalId, result, amount }: BillingOutcome) => [externalId, result, amount])).toEqual(
      batch.transactions.map(({ externalId, amount }) => [externalId, 'posted', amount]),
    );
    expect(await put(batch, id)).toEqual(first);
    expect(await erp.call('GET', `billing-batches/${id}`)).toEqual(first);
  });
});
