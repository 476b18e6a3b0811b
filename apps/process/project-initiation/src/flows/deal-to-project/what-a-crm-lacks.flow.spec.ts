import { afterAll, beforeAll, expect, it } from 'vitest';
import type { FinancialProject, Project } from '#canonical';
import { erpProject, psaProject, soldDeal, testInitiation, type TestInitiation } from '../../project-initiation.fixture.js';

let initiation: TestInitiation;
beforeAll(async () => {
  initiation = await testInitiation();
});
afterAll(() => initiation?.close());

it('a fixed price of a CRM that keeps no milestones is one part, due on the last day, and the journey says so', async () => {
  initiation.around.crmLacks = ['milestones'];
  const deal = soldDeal('one-part', { milestones: [] });
  await initiation.win(deal);
  await initiation.done(deal.id, 1);
  const part = { title: deal.name, sequence: 1, dueDate: deal.endDate, amount: deal.amount };
  expect((initiation.around.held.get(psaProject(deal)) as Project).milestones).toMatchObject([part]);
  expect((initiation.around.held.get(erpProject(deal)) as FinancialProject).billingSchedule.milestones).toMatchObject([part]);
  const kinds = await initiation.dataSource.query<{ kind: string; due: string | null }[]>(
    `select data ->> 'kind' kind, data -> 'params' ->> 'due' due from events.event where key = $1 order by key_seq`,
    [`journey:${deal.id}`],
  );
  expect(kinds.slice(0, 3)).toEqual([
    { kind: 'journey.deal-won', due: null },
    { kind: 'journey.price-in-one-part', due: deal.endDate },
    { kind: 'journey.checked', due: null },
  ]);
});

it('a fixed price without milestones is incomplete where the CRM keeps them', async () => {
  initiation.around.crmLacks = [];
  const deal = soldDeal('no-parts', { milestones: [] });
  await initiation.win(deal);
  const { reasons } = await initiation.exception(deal.id);
  expect(reasons.map(({ code }) => code)).toEqual(['deal.milestones-missing']);
});
