import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { money, type Deal } from '#canonical';
import type { Policy } from '#ownership';
import { ProjectInitiationConfig } from '../../project-initiation.config.js';
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

describe('the end of a record', () => {
  it('makes a won deal that is deleted in the CRM a lost one, with all consequences', async () => {
    const deal = await running(initiation, 'deleted');
    initiation.around.deals.delete(deal.id);
    await initiation.publish('deal.lost.v1', deal.id, { state: deal, changed: [], deleted: true });
    await initiation.done(deal.id, 2);
    expect([held(erpProject(deal)).status, held(psaProject(deal)).status]).toEqual(['archived', 'archived']);
  });

  it('closes the exception of a deal that could not be processed', async () => {
    const deal = soldDeal('deleted-before');
    await initiation.win({ ...deal, milestones: [] });
    await initiation.exception(deal.id);
    initiation.around.deals.delete(deal.id);
    await initiation.publish('deal.lost.v1', deal.id, { state: { ...deal, milestones: [] }, changed: [], deleted: true });
    expect(codes(await initiation.exception(deal.id, 'resolved'))).toEqual(['deal.milestones-missing']);
    await initiation.done(deal.id, 2);
  });

  it('keeps a customer that finance made inactive: a rename asks first, and may go on without that change', async () => {
    const deal = await running(initiation, 'inactive');
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
  ] as const)('of %s is asked about, and a rename does not undo it', async (name, pathOf, ends) => {
    const deal = await running(initiation, name.replaceAll(' ', '-'));
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

  it('that this app caused is undone together with the deal', async () => {
    const deal = await running(initiation, 'won-again');
    initiation.around.deals.set(deal.id, { ...deal, stage: 'open' });
    await initiation.publish('deal.reopened.v1', deal.id, { state: { ...deal, stage: 'open' }, changed: ['stage'] });
    await initiation.done(deal.id, 2);
    await initiation.win({ ...deal, modifiedAt: '2026-11-03T09:00:00.000Z' });
    await initiation.done(deal.id, 3);
    expect(held(erpProject(deal)).status).toBe('active');
  });
});

describe('an attribute that somebody changed in a back end since the last write', () => {
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
    it('is overwritten, and the journey says so', async () => {
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
    it('stays, and the journey says so, whatever the CRM says later; the other attributes are written', async () => {
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
    it('is asked about by itself, and the decision is carried out', async () => {
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
