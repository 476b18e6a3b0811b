import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { money } from '#canonical';
import { erpCustomer, soldDeal, testInitiation, type RefusalPlayed, type TestInitiation } from '../../project-initiation.fixture.js';

let initiation: TestInitiation;
beforeAll(async () => {
  initiation = await testInitiation();
});
afterAll(() => initiation?.close());
beforeEach(() => {
  initiation.around.refuse = () => undefined;
  initiation.around.timeBooked = false;
});

const codes = ({ reasons }: { reasons: { code: string }[] }) => reasons.map(({ code }) => code).sort();

const UNKNOWN_TERMS: RefusalPlayed = {
  code: 'unknown-reference',
  fields: [{ field: 'paymentTerms', rule: 'known' }],
  message: 'NetSuite has no payment terms Net 33',
};
const refusesNet33 = (path: string, body: Record<string, unknown>) =>
  path.startsWith('erp/customers') && body.paymentTerms === 'Net 33' ? UNKNOWN_TERMS : undefined;

describe('before the first effect is applied', () => {
  it('milestones that share a number, or have none, are refused with nothing made', async () => {
    const deal = soldDeal('numbered-twice');
    const [design, live] = deal.milestones;
    await initiation.win({
      ...deal,
      amount: money('44000', 'GBP'),
      milestones: [
        { ...design, sequence: 1 },
        { ...live, sequence: 1 },
        { ...design, id: 'mil_none', name: 'Handover', sequence: 0 },
      ],
    });
    expect(codes(await initiation.exception(deal.id))).toEqual(['deal.milestone-number', 'deal.milestone-number-twice']);
    expect(initiation.around.writes.filter(write => write.includes(deal.customer.id))).toEqual([]);
  });

  it('every system is asked for its plan, and all refusals are told with our own faults', async () => {
    const deal = soldDeal('refused-twice');
    initiation.around.refuse = (path, body) =>
      refusesNet33(path, body) ??
      (path.startsWith('psa/projects') && body.title === deal.name
        ? { fields: [{ field: 'title', rule: 'length' }], message: 'title may have 10 characters' }
        : undefined);
    const [design, live] = deal.milestones;
    await initiation.win({
      ...deal,
      customer: { ...deal.customer, paymentTerms: 'Net 33' },
      milestones: [design, { ...live, sequence: 1 }],
    });
    const exception = await initiation.exception(deal.id);
    expect(codes(exception)).toEqual(['deal.milestone-number-twice', 'system.refuses', 'system.refuses']);
    expect(exception.reasons.map(({ text }) => text)).toEqual(
      expect.arrayContaining([
        expect.stringContaining('NetSuite has no payment terms Net 33'),
        expect.stringContaining('title may have 10 characters'),
      ]),
    );
    expect(initiation.around.writes.filter(write => write.includes(deal.customer.id) || write.includes('refused-twice'))).toEqual([]);
  });

  it('a deal that wants nothing refused goes through', async () => {
    const deal = soldDeal('clean');
    await initiation.win(deal);
    await initiation.done(deal.id, 1);
    expect(initiation.around.held.get(erpCustomer(deal))).toMatchObject({ paymentTerms: 'Net 30' });
  });
});

describe('a refusal whose cure lies in a source record', () => {
  it('is released by the change of that record, and by no other', async () => {
    const deal = soldDeal('net-33', {});
    const wrong = { ...deal, customer: { ...deal.customer, paymentTerms: 'Net 33' } };
    const neighbour = soldDeal('net-33-too');
    initiation.around.refuse = refusesNet33;
    await initiation.win(wrong);
    await initiation.win({ ...neighbour, customer: { ...neighbour.customer, paymentTerms: 'Net 33' } });
    await initiation.exception(deal.id);
    await initiation.exception(neighbour.id);
    initiation.around.deals.set(deal.id, deal);
    await initiation.tell('customer.changed.v1', deal.customer.id, {
      state: deal.customer,
      changed: ['paymentTerms'],
      previous: { paymentTerms: 'Net 33' },
    });
    await initiation.done(deal.id, 1);
    const [released, waiting] = [await initiation.exception(deal.id, 'resolved'), await initiation.exception(neighbour.id, 'open')];
    expect([released, waiting].map(({ state }) => state)).toEqual(['resolved', 'open']);
  });

  it('is released by a change of the deal that came while it was refused', async () => {
    const deal = soldDeal('mended-meanwhile');
    let asked = 0;
    initiation.around.refuse = path => {
      if (path !== erpCustomer(deal) || asked++ > 0) return undefined;
      void initiation.tell('customer.changed.v1', deal.customer.id, { state: deal.customer, changed: ['paymentTerms'], previous: {} });
      return UNKNOWN_TERMS;
    };
    await initiation.win(deal);
    expect((await initiation.exception(deal.id, 'resolved')).needs.every(({ met }) => met)).toBe(true);
  });
});
