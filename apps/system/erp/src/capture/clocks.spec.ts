import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { mintId } from '#canonical';
import { aBillingCustomer } from '#testing';
import { ErpUnderTest } from '../erp.fixture.js';

const customer = aBillingCustomer({ id: mintId('customer', 'clock-spec', '1') });

describe('a clock of NetSuite that differs from ours', () => {
  let erp: ErpUnderTest;
  beforeEach(async () => {
    erp = await ErpUnderTest.start({ env: { ERP_OVERLAP_MS: '3000' } });
    await erp.call('PUT', `customers/${customer.id}`, { body: customer });
    await erp.read('customers');
  });
  afterEach(() => erp.close());

  const clock = (aheadMs: number, shownIn: 'answers' | 'records', o: { rate?: number } = {}) =>
    erp.sandboxes.control.planFault({ match: { vendor: 'netsuite' }, action: { do: 'clock', aheadMs, shownIn }, ...o });
  const rename = (companyName: string) => erp.netsuite('PATCH', `customer/eid:${customer.id}`, { companyName });
  const names = async () => (await erp.events(customer.id)).map(({ data }) => data.state.name).slice(1);
  const gets = async () => (await erp.sandboxes.control.calls()).netsuite['read customer get 200'];

  it.each([
    ['is ahead', 180_000, {}],
    ['is behind', -180_000, {}],
    ['jumps ahead', 180_000, { rate: 0.5 }],
  ])('loses no change when its whole clock %s', async (_, aheadMs, when) => {
    await rename('Before');
    await erp.read('customers');
    await clock(aheadMs, 'answers', when);
    await clock(aheadMs, 'records', when);
    await rename('While it differs');
    // The first reading may learn how far behind it is, and the next begins that much further back.
    await erp.read('customers');
    await erp.read('customers');
    await erp.sandboxes.control.clearFaults();
    await rename('After');
    await erp.read('customers');
    expect(await names()).toEqual(['Before', 'While it differs', 'After']);
  });

  it('reads a record that is stamped in the future once as a change, not again and again, and again when it changes after', async () => {
    await clock(3_600_000, 'records');
    await rename('Stamped ahead');
    await erp.sandboxes.control.clearFaults();
    await erp.read('customers');
    await sleep(1_100);
    await erp.read('customers');
    const read = await gets();
    for (let i = 0; i < 3; i++) await erp.read('customers');
    expect([await names(), (await gets()) - read]).toEqual([['Stamped ahead'], 0]);
    await rename('After');
    await erp.read('customers');
    expect(await names()).toEqual(['Stamped ahead', 'After']);
  });
});
