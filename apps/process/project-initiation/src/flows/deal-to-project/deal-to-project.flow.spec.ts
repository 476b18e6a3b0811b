import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { money, type Deal, type EventData } from '#canonical';
import type { Policy } from '#ownership';
import { Database } from '#persistence';
import { countStatements, eventually } from '#testing';
import type { RefusalPlayed } from '../../around.fixture.js';
import { ProjectInitiationConfig } from '../../project-initiation.config.js';
import { erpCustomer, erpProject, psaProject, soldDeal, testInitiation, type TestInitiation } from '../../project-initiation.fixture.js';

let initiation: TestInitiation;
beforeAll(async () => {
  initiation = await testInitiation({ PROJECT_INITIATION_PROBE_MS: '500' });
});
afterAll(() => initiation?.close());
beforeEach(() => {
  initiation.around.refuse = () => undefined;
  initiation.around.timeBooked = false;
});

const codes = ({ reasons }: { reasons: { code: string }[] }) => reasons.map(({ code }) => code).sort();

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

describe('what is read of a deal', () => {
  const reads = (texts: string[], table: string) => texts.filter(text => /^\s*select/.test(text) && text.includes(`from ${table}`)).length;

  it('is read once to check it, plan it and agree on its rates; of plans, only where a record is there already', async () => {
    const waiting = soldDeal('waits-for-a-mapping');
    await initiation.win({ ...waiting, legalEntity: 'Nobody Ltd' });
    await initiation.exception(waiting.id);
    const deal = soldDeal('read-once');
    const { texts } = countStatements(initiation.app.app.get(Database));
    await initiation.win(deal);
    await initiation.done(deal.id, 1);
    expect(reads(texts, 'initiation.plan p')).toBe(0);
    await initiation.tell('customer.changed.v1', deal.customer.id, { state: deal.customer, changed: ['name'], previous: { name: 'Before' } });
    await initiation.tell('reference-value.changed.v1', ...terms('Net 61'));
    await initiation.change(deal, { name: 'read-once, renamed' });
    await initiation.done(deal.id, 2);
    // Twice by the run, and twice by who looks which needs the deal meets; none of it for other records, or for the deal that waits for a mapping.
    const ofRates = () => [reads(texts, 'initiation.sold_rates'), reads(texts, 'ownership.decision')];
    await eventually(() => ofRates().every(read => read >= 4));
    expect(ofRates()).toEqual([4, 4]);
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

  it('is released, with all that lack the same, when the ERP gets what it refers to', async () => {
    const deals = ['terms-added', 'terms-added-too'].map(name => soldDeal(name));
    initiation.around.refuse = refusesNet33;
    for (const deal of deals) await initiation.win({ ...deal, customer: { ...deal.customer, paymentTerms: 'Net 33' } });
    for (const deal of deals) expect((await initiation.exception(deal.id)).needs.map(({ need }) => need)).toEqual(['reference:payment-terms:Net 33']);
    initiation.around.refuse = () => undefined;
    for (const code of ['Net 60', 'Net 33']) await initiation.tell('reference-value.changed.v1', ...terms(code));
    for (const deal of deals) await initiation.done(deal.id, 1);
  });

  it('is released when the ERP got what it refers to while it was refused', async () => {
    const deal = soldDeal('terms-meanwhile');
    let asked = 0;
    initiation.around.refuse = path => {
      if (path !== erpCustomer(deal) || asked++ > 0) return undefined;
      void initiation.tell('reference-value.changed.v1', ...terms('Net 34'));
      return { ...UNKNOWN_TERMS, fields: [{ ...UNKNOWN_TERMS.fields[0], reference: 'payment-terms:Net 34' }] };
    };
    await initiation.win(deal);
    expect(await initiation.done(deal.id, 1)).toBe(true);
  });

  it('is released when customers of the ERP that are nobody else’s match no more', async () => {
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

/** A running project of its own deal. */
async function running(name: string): Promise<Deal> {
  const deal = soldDeal(name);
  await initiation.win(deal);
  await initiation.done(deal.id, 1);
  return deal;
}
const because = (action: string, reason = 'agreed with both desks') => ({ action, reason });
const held = (path: string) => initiation.around.held.get(path)!;
const writesOf = (deal: Deal) => initiation.around.writes.filter(write => [erpProject(deal), psaProject(deal)].some(path => write.endsWith(path)));

describe('the customer of a running project that the CRM changed', () => {
  const moved = (deal: Deal) => ({ customer: { ...deal.customer, id: `${deal.customer.id}-survivor`, name: 'Survivor Ltd' } });

  it('is asked about, and once it was decided to keep the old one, a rename goes through and asks nothing', async () => {
    const deal = await running('kept');
    const now = await initiation.change(deal, moved(deal));
    const exception = await initiation.exception(deal.id);
    expect([codes(exception), exception.desk, exception.needs.map(({ need }) => need)]).toEqual([
      ['deal.change-needs-decision'],
      'pmo',
      [`question:${deal.id}:customerId`],
    ]);
    expect(writesOf(deal)).toHaveLength(2);
    const unheard = await Promise.all([
      initiation.act(exception.id, { ...because('keep'), from: '2026-12-10' }),
      initiation.act(exception.id, { ...because('apply'), need: `question:${deal.id}:customerId`, reRate: false }),
      initiation.act(exception.id, { ...because('retry'), from: '2026-12-10', need: `question:${deal.id}:customerId` }),
    ]);
    const rules = unheard.map(({ status, body }) => [status, body.code, body.fields.map(({ field, rule }: Record<string, string>) => [field, rule])]);
    expect(rules).toEqual([
      [422, 'not-asked', [['from', 'sold-rate']]],
      [422, 'not-asked', [['reRate', 'sold-rate']]],
      [
        422,
        'not-asked',
        [
          ['need', 'answer'],
          ['from', 'answer'],
        ],
      ],
    ]);
    expect((await initiation.act(exception.id, because('keep'))).status).toBe(200);
    await initiation.done(deal.id, 2);
    await initiation.change(now, { name: 'kept, renamed' });
    await initiation.done(deal.id, 3);
    expect(held(erpProject(deal))).toMatchObject({ title: 'kept, renamed', customerId: deal.customer.id });
    expect(await initiation.dataSource.query('select attribute, stands, wanted, outcome, base, reason from ownership.decision')).toContainEqual({
      attribute: 'customerId',
      stands: deal.customer.id,
      wanted: now.customer.id,
      outcome: 'keep',
      base: deal.customer.id,
      reason: 'agreed with both desks',
    });
  });

  it('is asked about anew when what an earlier release asked is retried, which kept no question', async () => {
    const deal = await running('asked-before');
    await initiation.change(deal, moved(deal));
    const asked = await initiation.exception(deal.id);
    await initiation.dataSource.query('delete from ownership.decision where record_id = $1', [deal.id]);
    await initiation.dataSource.query('update exceptions.need set need = $2 where exception_id = $1', [asked.id, `decision:${deal.id}:customerId`]);
    expect((await initiation.act(asked.id, because('retry'))).status).toBe(200);
    const anew = await eventually(async () => {
      const exception = await initiation.exception(deal.id);
      return exception.needs.some(({ need, met }) => need === `question:${deal.id}:customerId` && !met) && exception;
    });
    expect((await initiation.act(anew.id, because('keep'))).status).toBe(200);
    await initiation.done(deal.id, 2);
    expect(held(erpProject(deal))).toMatchObject({ customerId: deal.customer.id });
  });

  it('is decided once, of two who decide at the same moment', async () => {
    const deal = await running('decided-twice');
    await initiation.change(deal, moved(deal));
    const { id } = await initiation.exception(deal.id);
    const decided = await initiation.atOnce(
      id,
      ['apply', 'keep'].map(action => async () => ({ action, ...(await initiation.act(id, because(action))) })),
    );
    expect(decided.map(({ status }) => status).sort()).toEqual([200, 409]);
    const outcomes = await initiation.dataSource.query<{ outcome: string }[]>(`select outcome from ownership.decision where record_id = $1`, [
      deal.id,
    ]);
    const audited = await initiation.dataSource.query<{ what: string }[]>(
      `select what from service.audit where what like 'exception-%' and subject = $1`,
      [id],
    );
    const { action } = decided.find(({ status }) => status === 200)!;
    expect([outcomes, audited]).toEqual([[{ outcome: action }], [{ what: `exception-${action}` }]]);
  });

  it('is asked about again when it changes once more', async () => {
    const deal = await running('kept-then-third');
    const now = await initiation.change(deal, moved(deal));
    await initiation.act((await initiation.exception(deal.id)).id, because('keep'));
    await initiation.done(deal.id, 2);
    await initiation.change(now, { customer: { ...deal.customer, id: `${deal.customer.id}-third` } });
    expect(codes(await initiation.exception(deal.id))).toEqual(['deal.change-needs-decision']);
  });

  it('is applied when that was decided, and is what stands from then on', async () => {
    const deal = await running('applied');
    const now = await initiation.change(deal, moved(deal));
    await initiation.act((await initiation.exception(deal.id)).id, because('apply'));
    await initiation.done(deal.id, 2);
    expect([held(erpProject(deal)).customerId, held(psaProject(deal)).customerId]).toEqual([now.customer.id, now.customer.id]);
    await initiation.change(now, { name: 'applied, renamed' });
    await initiation.done(deal.id, 3);
  });

  it('is followed unasked where the CRM says that it was merged into the new one', async () => {
    const deal = await running('merged');
    const over = moved(deal);
    initiation.around.survivors.set(deal.customer.id, over.customer.id);
    const now = await initiation.change(deal, over);
    await initiation.done(deal.id, 2);
    expect(held(erpCustomer(now))).toMatchObject({ id: now.customer.id, replaces: deal.customer.id });
    expect([held(erpProject(deal)).customerId, held(psaProject(deal)).customerId]).toEqual([now.customer.id, now.customer.id]);
    await initiation.tell('deal.changed.v1', deal.id, { state: now, changed: ['owner'] });
    await initiation.done(deal.id, 3);
    expect(writesOf(deal)).toHaveLength(4);
  });

  it('is no question any more once both systems were brought in line by hand, whether it is retried or they tell of it', async () => {
    const deal = await running('by-hand');
    const now = await initiation.change(deal, moved(deal));
    const { id } = await initiation.exception(deal.id);
    for (const path of [erpProject(deal), psaProject(deal)])
      initiation.around.held.set(path, { ...held(path), customerId: now.customer.id, customerName: now.customer.name });
    expect((await initiation.act(id, because('retry'))).status).toBe(200);
    await initiation.done(deal.id, 2);
    const back = await initiation.change(now, { customer: deal.customer });
    await initiation.exception(deal.id);
    for (const path of [erpProject(deal), psaProject(deal)])
      initiation.around.held.set(path, { ...held(path), customerId: deal.customer.id, customerName: deal.customer.name });
    await initiation.tell('financial-project.changed.v1', held(erpProject(deal)).id, {
      state: { ...held(erpProject(deal)), refs: [] } as never,
      changed: ['customerId'],
    });
    await initiation.done(deal.id, 3);
    await initiation.change(back, { name: 'by hand, renamed' });
    await initiation.done(deal.id, 4);
  });

  it('is told to differ still when it was said to be in line and is not', async () => {
    const deal = await running('not-done');
    await initiation.change(deal, moved(deal));
    const { id } = await initiation.exception(deal.id);
    await initiation.act(id, because('done'));
    expect((await initiation.exception(deal.id, 'open', 'decision.not-done')).id).toBe(id);
    expect(writesOf(deal)).toHaveLength(2);
  });

  it('stays as it is when its exception is skipped: a rename is not the question again', async () => {
    const deal = await running('skipped');
    const now = await initiation.change(deal, moved(deal));
    await initiation.act((await initiation.exception(deal.id)).id, because('skip'));
    await initiation.change(now, { name: 'skipped, renamed' });
    await initiation.done(deal.id, 2);
    expect(held(erpProject(deal))).toMatchObject({ title: 'skipped, renamed', customerId: deal.customer.id });
  });

  it('is decided by the desk that has it, with a reason, and only where something is asked', async () => {
    const deal = await running('whose');
    await initiation.change(deal, moved(deal));
    const { id } = await initiation.exception(deal.id);
    expect((await initiation.act(id, because('keep'), { person: 'hr' })).status).toBe(403);
    expect((await initiation.act(id, { action: 'keep' })).status).toBe(400);
    const faulty = soldDeal('nothing-asked');
    await initiation.win({ ...faulty, milestones: [] });
    const refused = await initiation.act((await initiation.exception(faulty.id)).id, because('keep'));
    expect([refused.status, refused.body.code]).toEqual([409, 'nothing-to-decide']);
  });
});

describe('a decision while the one before is being carried out', () => {
  it('waits for what comes of that, and is taken', async () => {
    const deal = soldDeal('twice-in-a-row');
    await initiation.win({ ...deal, milestones: [] });
    const { id } = await initiation.exception(deal.id);
    const answers = [];
    for (const reason of ['first', 'second', 'third']) answers.push(await initiation.act(id, because('retry', reason)));
    expect(answers.map(({ status, body }) => [status, body.code])).toEqual([1, 2, 3].map(() => [200, undefined]));
    const { body } = await initiation.rest('GET', `/exceptions/${id}`);
    expect(body.history.flatMap(({ reason }: { reason?: string }) => reason ?? [])).toEqual(['first', 'second', 'third']);
  });
});

describe('what a run tells that somebody asked for', () => {
  it('is of the trace and the affair in which they asked, and said by this app', async () => {
    const deal = await running('traced');
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

describe('the end of a thing', () => {
  it('that is a won deal, deleted in the CRM, is its loss, with all that follows', async () => {
    const deal = await running('deleted');
    initiation.around.deals.delete(deal.id);
    await initiation.tell('deal.lost.v1', deal.id, { state: deal, changed: [], deleted: true });
    await initiation.done(deal.id, 2);
    expect([held(erpProject(deal)).status, held(psaProject(deal)).status]).toEqual(['archived', 'archived']);
  });

  it('that is a deal nobody could make anything of ends its exception', async () => {
    const deal = soldDeal('deleted-before');
    await initiation.win({ ...deal, milestones: [] });
    await initiation.exception(deal.id);
    initiation.around.deals.delete(deal.id);
    await initiation.tell('deal.lost.v1', deal.id, { state: { ...deal, milestones: [] }, changed: [], deleted: true });
    expect(codes(await initiation.exception(deal.id, 'resolved'))).toEqual(['deal.milestones-missing']);
    await initiation.done(deal.id, 2);
  });

  it('that is a customer finance made inactive is kept: a rename asks first, and may go on without it', async () => {
    const deal = await running('inactive');
    initiation.around.held.set(erpCustomer(deal), { ...held(erpCustomer(deal)), status: 'inactive' });
    const now = await initiation.change(deal, { name: 'inactive, renamed' });
    const exception = await initiation.exception(deal.id);
    expect([codes(exception), exception.desk]).toEqual([['deal.ended-elsewhere'], 'finance']);
    await initiation.act(exception.id, because('keep'));
    await initiation.done(deal.id, 2);
    expect([held(erpCustomer(deal)).status, held(erpProject(deal)).title]).toEqual(['inactive', 'inactive, renamed']);
    await initiation.change(now, { name: 'inactive, renamed again' });
    await initiation.done(deal.id, 3);
    const another = soldDeal('inactive-needed', { customer: deal.customer });
    await initiation.win(another);
    const needed = await initiation.exception(another.id);
    await initiation.act(needed.id, because('apply'));
    await initiation.done(another.id, 1);
    expect(held(erpCustomer(deal)).status).toBe('active');
  });

  it.each([
    ['a project archived in the PSA', psaProject, 'archived'],
    ['a project closed in the ERP', erpProject, 'archived'],
    ['a project deleted in the PSA', psaProject, 'absent'],
    ['a project deleted in the ERP', erpProject, 'absent'],
    ['a customer deleted in the ERP', erpCustomer, 'absent'],
  ] as const)('that is %s is asked about and not undone by a rename', async (name, pathOf, ends) => {
    const deal = await running(name.replaceAll(' ', '-'));
    const path = pathOf(deal);
    if (ends === 'absent') initiation.around.held.delete(path);
    else initiation.around.held.set(path, { ...held(path), status: ends });
    await initiation.change(deal, { name: 'renamed' });
    const exception = await initiation.exception(deal.id);
    expect(codes(exception)).toEqual(['deal.ended-elsewhere']);
    await initiation.act(exception.id, because('keep'));
    await initiation.done(deal.id, 2);
    expect(initiation.around.held.get(path)?.status ?? 'absent').toBe(ends);
  });

  it('that was our own is taken back with the deal', async () => {
    const deal = await running('won-again');
    initiation.around.deals.set(deal.id, { ...deal, stage: 'open' });
    await initiation.tell('deal.reopened.v1', deal.id, { state: { ...deal, stage: 'open' }, changed: ['stage'] });
    await initiation.done(deal.id, 2);
    await initiation.win({ ...deal, modifiedAt: '2026-11-03T09:00:00.000Z' });
    await initiation.done(deal.id, 3);
    expect(held(erpProject(deal)).status).toBe('active');
  });
});

describe('what somebody changed in a back end since it was last written there', () => {
  const drifting = (policy: Policy) => {
    beforeAll(() => void (initiation.app.app.get(ProjectInitiationConfig).drift = policy));
    afterAll(() => void (initiation.app.app.get(ProjectInitiationConfig).drift = 'apply'));
    /** A running project, its title and its customer's name changed in the ERP; then its amount changes in the CRM, and its customer's e-mail. */
    const drifted = async (name: string): Promise<Deal> => {
      const deal = soldDeal(name);
      await initiation.win(deal);
      await initiation.done(deal.id, 1);
      initiation.around.held.set(erpProject(deal), { ...held(erpProject(deal)), title: 'Finance calls it so' });
      initiation.around.held.set(erpCustomer(deal), { ...held(erpCustomer(deal)), name: 'Finance Ltd' });
      return initiation.change(deal, { notToExceed: money('99000', 'GBP'), customer: { ...deal.customer, billingEmail: 'new@example.com' } });
    };
    const titles = (deal: Deal) => [held(erpProject(deal)).title, held(erpCustomer(deal)).name];
    const told = async (deal: Deal, kind: string) => {
      const rows = await initiation.dataSource.query<{ attributes: string }[]>(
        `select data -> 'params' ->> 'attributes' attributes from events.event where type = 'journey.step.v1' and data ->> 'subject' = $1 and data ->> 'kind' = $2`,
        [deal.id, kind],
      );
      return rows.map(({ attributes }) => attributes);
    };
    return { drifted, titles, told };
  };
  const BOTH = 'customer.name, financial-project.title';

  describe('by the policy apply', () => {
    const house = drifting('apply');
    it('is written over, and that is told', async () => {
      const deal = await house.drifted('drift-apply');
      await initiation.done(deal.id, 2);
      expect(house.titles(deal)).toEqual([deal.name, deal.customer.name]);
      expect(await house.told(deal, 'journey.drift-overwritten')).toEqual([BOTH]);
      await initiation.change(deal, { notToExceed: money('98000', 'GBP') });
      await initiation.done(deal.id, 3);
      expect(await house.told(deal, 'journey.drift-overwritten')).toEqual([BOTH]);
    });
  });

  describe('by the policy ignore', () => {
    const house = drifting('ignore');
    it('stays, which is told, whatever the CRM says of it later; the rest is written', async () => {
      const deal = await house.drifted('drift-ignore');
      await initiation.done(deal.id, 2);
      expect(house.titles(deal)).toEqual(['Finance calls it so', 'Finance Ltd']);
      expect([held(erpProject(deal)).notToExceed, held(erpCustomer(deal)).billingEmail]).toEqual([money('99000', 'GBP'), 'new@example.com']);
      expect(await house.told(deal, 'journey.drift-left')).toEqual([BOTH]);
      await initiation.change(deal, { name: 'Renamed in the CRM' });
      await initiation.done(deal.id, 3);
      expect(house.titles(deal)).toEqual(['Finance calls it so', 'Finance Ltd']);
      expect(held(psaProject(deal)).title).toBe('Renamed in the CRM');
    });
  });

  describe('by the policy ask', () => {
    const house = drifting('ask');
    it('is asked about, each by itself, and becomes what was decided', async () => {
      const deal = await house.drifted('drift-ask');
      const { id, needs, reasons } = await initiation.exception(deal.id, 'open', 'deal.changed-elsewhere');
      expect([reasons.length, needs.map(({ need }) => need)]).toEqual([
        2,
        [`question:${deal.id}:customer.name`, `question:${deal.id}:financial-project.title`],
      ]);
      expect(house.titles(deal)).toEqual(['Finance calls it so', 'Finance Ltd']);
      await initiation.act(id, { ...because('keep'), need: needs[0].need });
      await initiation.act(id, { ...because('apply'), need: needs[1].need });
      await initiation.done(deal.id, 2);
      expect(house.titles(deal)).toEqual([deal.name, 'Finance Ltd']);
      await initiation.change(deal, { notToExceed: money('98000', 'GBP') });
      await initiation.done(deal.id, 3);
      expect(house.titles(deal)).toEqual([deal.name, 'Finance Ltd']);
    });
  });
});
