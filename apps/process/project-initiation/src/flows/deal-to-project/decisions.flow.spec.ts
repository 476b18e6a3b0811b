import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Deal } from '#canonical';
import { eventually } from '#testing';
import {
  because,
  codes,
  erpCustomer,
  erpProject,
  psaProject,
  running,
  soldDeal,
  testInitiation,
  type TestInitiation,
} from '../../project-initiation.fixture.js';

let initiation: TestInitiation;
beforeAll(async () => {
  initiation = await testInitiation({ PROJECT_INITIATION_PROBE_MS: '500' });
});
afterAll(() => initiation?.close());
beforeEach(() => {
  initiation.around.refuse = () => undefined;
  initiation.around.timeBooked = false;
});
const held = (path: string) => initiation.around.held.get(path)!;
const writesOf = (deal: Deal) => initiation.around.writes.filter(write => [erpProject(deal), psaProject(deal)].some(path => write.endsWith(path)));

describe('a running project whose customer was changed in the CRM', () => {
  const moved = (deal: Deal) => ({ customer: { ...deal.customer, id: `${deal.customer.id}-survivor`, name: 'Survivor Ltd' } });

  it('asks about the change; after the decision to keep the old customer, a rename goes through without a question', async () => {
    const deal = await running(initiation, 'kept');
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

  it('asks again when an exception of an earlier release, which stored no question, is retried', async () => {
    const deal = await running(initiation, 'asked-before');
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

  it('accepts one decision when two people decide at the same moment', async () => {
    const deal = await running(initiation, 'decided-twice');
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

  it('asks again when the customer changes once more', async () => {
    const deal = await running(initiation, 'kept-then-third');
    const now = await initiation.change(deal, moved(deal));
    await initiation.act((await initiation.exception(deal.id)).id, because('keep'));
    await initiation.done(deal.id, 2);
    await initiation.change(now, { customer: { ...deal.customer, id: `${deal.customer.id}-third` } });
    expect(codes(await initiation.exception(deal.id))).toEqual(['deal.change-needs-decision']);
  });

  it('applies the change when that was decided, and compares later changes with it', async () => {
    const deal = await running(initiation, 'applied');
    const now = await initiation.change(deal, moved(deal));
    await initiation.act((await initiation.exception(deal.id)).id, because('apply'));
    await initiation.done(deal.id, 2);
    expect([held(erpProject(deal)).customerId, held(psaProject(deal)).customerId]).toEqual([now.customer.id, now.customer.id]);
    await initiation.change(now, { name: 'applied, renamed' });
    await initiation.done(deal.id, 3);
  });

  it('follows without asking when the CRM says that the customer was merged into the new one', async () => {
    const deal = await running(initiation, 'merged');
    const over = moved(deal);
    initiation.around.survivors.set(deal.customer.id, over.customer.id);
    const now = await initiation.change(deal, over);
    await initiation.done(deal.id, 2);
    expect(held(erpCustomer(now))).toMatchObject({ id: now.customer.id, replaces: deal.customer.id });
    expect([held(erpProject(deal)).customerId, held(psaProject(deal)).customerId]).toEqual([now.customer.id, now.customer.id]);
    await initiation.publish('deal.changed.v1', deal.id, { state: now, changed: ['owner'] });
    await initiation.done(deal.id, 3);
    expect(writesOf(deal)).toHaveLength(4);
  });

  it('asks no more once people made both systems equal, by a retry or by their events', async () => {
    const deal = await running(initiation, 'by-hand');
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
    await initiation.publish('financial-project.changed.v1', held(erpProject(deal)).id, {
      state: { ...held(erpProject(deal)), refs: [] } as never,
      changed: ['customerId'],
    });
    await initiation.done(deal.id, 3);
    await initiation.change(back, { name: 'by hand, renamed' });
    await initiation.done(deal.id, 4);
  });

  it('reports that the systems still differ when somebody said that they do not', async () => {
    const deal = await running(initiation, 'not-done');
    await initiation.change(deal, moved(deal));
    const { id } = await initiation.exception(deal.id);
    await initiation.act(id, because('done'));
    expect((await initiation.exception(deal.id, 'open', 'decision.not-done')).id).toBe(id);
    expect(writesOf(deal)).toHaveLength(2);
  });

  it('keeps the customer when its exception is skipped: a rename does not raise the question again', async () => {
    const deal = await running(initiation, 'skipped');
    const now = await initiation.change(deal, moved(deal));
    await initiation.act((await initiation.exception(deal.id)).id, because('skip'));
    await initiation.change(now, { name: 'skipped, renamed' });
    await initiation.done(deal.id, 2);
    expect(held(erpProject(deal))).toMatchObject({ title: 'skipped, renamed', customerId: deal.customer.id });
  });

  it('accepts a decision only from the desk that has the exception, with a reason, and where something is asked', async () => {
    const deal = await running(initiation, 'whose');
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
  it('waits for the result of the first one, and is accepted', async () => {
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
