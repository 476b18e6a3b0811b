import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { EventData } from '#apis';
import { money } from '#canonical';
import { Database } from '#persistence';
import { countStatements, eventually } from '#testing';
import type { RefusalPlayed } from '../../around.fixture.js';
import { codes, erpCustomer, running, soldDeal, testInitiation, type TestInitiation } from '../../project-initiation.fixture.js';

let initiation: TestInitiation;
beforeAll(async () => {
  initiation = await testInitiation({ PROJECT_INITIATION_PROBE_MS: '500' });
});
afterAll(() => initiation?.close());
beforeEach(() => {
  initiation.around.refuse = () => undefined;
  initiation.around.timeBooked = false;
});
const UNKNOWN_TERMS: RefusalPlayed = {
  code: 'unknown-reference',
  fields: [{ field: 'paymentTerms', rule: 'known', reference: 'payment-terms:Net 33' }],
  message: 'NetSuite has no payment terms Net 33',
};
const terms = (code: string): [string, EventData['reference-value.changed.v1']] => {
  const id = `payment-terms:${code}`;
  return [id, { state: { id, kind: 'payment-terms', code, name: code, active: true, attributes: {} }, changed: [] }];
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

  it('every system is asked for its plan, and all refusals are reported with our own faults', async () => {
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

  it('a deal that no system refuses goes through', async () => {
    const deal = soldDeal('clean');
    await initiation.win(deal);
    await initiation.done(deal.id, 1);
    expect(initiation.around.held.get(erpCustomer(deal))).toMatchObject({ paymentTerms: 'Net 30' });
  });
});

describe('the data of a deal', () => {
  const reads = (texts: string[], table: string) => texts.filter(text => /^\s*select/.test(text) && text.includes(`from ${table}`)).length;

  it('is read once to check it, plan it and agree on its rates; a plan reads only whether a record exists', async () => {
    const waiting = soldDeal('waits-for-a-mapping');
    await initiation.win({ ...waiting, legalEntity: 'Nobody Ltd' });
    await initiation.exception(waiting.id);
    const deal = soldDeal('read-once');
    const { texts } = countStatements(initiation.app.app.get(Database));
    await initiation.win(deal);
    await initiation.done(deal.id, 1);
    expect(reads(texts, 'initiation.plan p')).toBe(0);
    await initiation.publish('customer.changed.v1', deal.customer.id, { state: deal.customer, changed: ['name'], previous: { name: 'Before' } });
    await initiation.publish('reference-value.changed.v1', ...terms('Net 61'));
    await initiation.change(deal, { name: 'read-once, renamed' });
    await initiation.done(deal.id, 2);
    // Read twice by the run, and twice by the reader that finds the needs which the deal meets; not
    // for other records, nor for the deal that waits for a mapping.
    const ofRates = () => [reads(texts, 'initiation.sold_rates'), reads(texts, 'ownership.decision')];
    await eventually(() => ofRates().every(read => read >= 4));
    expect(ofRates()).toEqual([4, 4]);
  });
});

describe('a refusal that a source record must cure', () => {
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
    await initiation.publish('customer.changed.v1', deal.customer.id, {
      state: deal.customer,
      changed: ['paymentTerms'],
      previous: { paymentTerms: 'Net 33' },
    });
    await initiation.done(deal.id, 1);
    const [released, waiting] = [await initiation.exception(deal.id, 'resolved'), await initiation.exception(neighbour.id, 'open')];
    expect([released, waiting].map(({ state }) => state)).toEqual(['resolved', 'open']);
  });

  it('is released, with all that miss the same value, when the ERP gets that value', async () => {
    const deals = ['terms-added', 'terms-added-too'].map(name => soldDeal(name));
    initiation.around.refuse = refusesNet33;
    for (const deal of deals) await initiation.win({ ...deal, customer: { ...deal.customer, paymentTerms: 'Net 33' } });
    for (const deal of deals) expect((await initiation.exception(deal.id)).needs.map(({ need }) => need)).toEqual(['reference:payment-terms:Net 33']);
    initiation.around.refuse = () => undefined;
    for (const code of ['Net 60', 'Net 33']) await initiation.publish('reference-value.changed.v1', ...terms(code));
    for (const deal of deals) await initiation.done(deal.id, 1);
  });

  it('is released when the ERP got the missing value during the run', async () => {
    const deal = soldDeal('terms-meanwhile');
    let asked = 0;
    initiation.around.refuse = path => {
      if (path !== erpCustomer(deal) || asked++ > 0) return undefined;
      void initiation.publish('reference-value.changed.v1', ...terms('Net 34'));
      return { ...UNKNOWN_TERMS, fields: [{ ...UNKNOWN_TERMS.fields[0], reference: 'payment-terms:Net 34' }] };
    };
    await initiation.win(deal);
    expect(await initiation.done(deal.id, 1)).toBe(true);
  });

  it('is released when the other customers in the ERP no longer match', async () => {
    const deal = soldDeal('ambiguous');
    initiation.around.refuse = path =>
      path === erpCustomer(deal)
        ? { kind: 'conflict', code: 'customer-ambiguous', fields: [{ field: 'taxRegistration', rule: 'unique' }], message: 'Two have it' }
        : undefined;
    await initiation.win(deal);
    const { id } = await initiation.exception(deal.id, 'open', 'customer.ambiguous');
    initiation.around.refuse = () => undefined;
    await initiation.done(deal.id, 1);
    const { body } = await initiation.rest('GET', `/exceptions/${id}`);
    expect(body.history.map(({ action }: { action: string }) => action)).toEqual(['opened', 'retry', 'resolved']);
  });

  it('is released by a change of the deal that came during the run', async () => {
    const deal = soldDeal('mended-meanwhile');
    let asked = 0;
    initiation.around.refuse = path => {
      if (path !== erpCustomer(deal) || asked++ > 0) return undefined;
      void initiation.publish('customer.changed.v1', deal.customer.id, { state: deal.customer, changed: ['paymentTerms'], previous: {} });
      return UNKNOWN_TERMS;
    };
    await initiation.win(deal);
    expect((await initiation.exception(deal.id, 'resolved')).needs.every(({ met }) => met)).toBe(true);
  });
});

describe('the events of a run that somebody requested', () => {
  it('have the trace and correlation of the request, and name this app as their source', async () => {
    const deal = await running(initiation, 'traced');
    const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
    const headers = { traceparent: `00-${trace}-00f067aa0ba902b7-01`, 'x-correlation-id': 'asked-for' };
    const { status } = await initiation.rest('POST', '/runs', { body: { dealId: deal.id, reason: 'for the spec' }, headers });
    expect(status).toBe(202);
    await initiation.done(deal.id, 2);
    const told = await initiation.dataSource.query<{ type: string; source: string; trace: string | null; affair: string }[]>(
      `select distinct type, source, split_part(traceparent, '-', 2) trace, correlation_id affair from events.event
       where correlation_id = 'asked-for' order by type`,
    );
    const types = ['journey.step.v1', 'project.activated.v1', 'run.requested.v1', 'staffing-request.raised.v1'];
    expect(told).toEqual(types.map(type => ({ type, source: '/process/project-initiation', trace, affair: 'asked-for' })));
  });
});
