import { afterAll, beforeAll, expect, it } from 'vitest';
import { mintId, money, type Customer } from '#canonical';
import { eventually } from '#testing';
import { aFinancialProject, anExpense, someTime, testBilling, type TestBilling } from '../time-to-billing.fixture.js';

let billing: TestBilling;
beforeAll(async () => void (billing = await testBilling()));
afterAll(() => billing.close());

const REF = { system: 'netsuite', account: 'spec', type: 'customer', nativeId: '4711' };
const PLACE = mintId('customer', REF.system, REF.account, REF.nativeId);
const OURS = mintId('customer', 'crm', 'spec', 'A-1');

const tellProject = (id: string, customerId: string) =>
  billing.publish('financial-project.changed.v1', id, { state: { ...aFinancialProject(), id, customerId, refs: [] }, changed: ['customerId'] });

it('what was stated for a customer by its place in the ERP holds for it once it has our id, and no line changes its price', async () => {
  const projectId = mintId('project', 'spec', 'of-a-place');
  await tellProject(projectId, PLACE);
  const rate = { level: 'customer', subject: PLACE, role: 'ARCHITECT', unit: 'hour', amount: '90.00', currency: 'GBP', from: '2026-01-01' };
  await eventually(async () => (await billing.rest('PUT', '/rates/of-the-place', { body: rate })).status === 200);
  const term = { level: 'customer', subject: PLACE, treatment: 'mark-up', percent: '10', from: '2026-01-01' };
  expect((await billing.rest('PUT', '/expense-terms/of-the-place', { body: term })).status).toBe(200);
  const before = someTime('by-its-place', { projectId });
  await billing.approve(before);
  expect(await billing.reaches(before.id, 'posted')).toMatchObject({ money: money('180', 'GBP') });

  const state = { id: OURS, name: 'Northwind', refs: [REF] } as unknown as Customer;
  await billing.publish('billing-customer.changed.v1', OURS, { state, changed: [] });
  await eventually(async () => (await billing.rest('GET', '/rates?limit=100')).body.items.some((one: { subject: string }) => one.subject === OURS));
  const between = someTime('before-its-project-says-so', { projectId });
  await billing.approve(between);
  expect(await billing.reaches(between.id, 'posted')).toMatchObject({ money: money('180', 'GBP') });
  await tellProject(projectId, OURS);
  const after = [someTime('by-our-id', { projectId }), anExpense('by-our-id', { projectId, amount: money('100', 'GBP') })];
  for (const entry of after) await billing.approve(entry);
  expect(await billing.reaches(after[0].id, 'posted')).toMatchObject({ money: money('180', 'GBP') });
  expect(await billing.reaches(after[1].id, 'posted')).toMatchObject({ money: money('110', 'GBP') });
  expect(await billing.line(before.id)).toMatchObject({ version: 1, state: 'posted', money: money('180', 'GBP') });
  const { body } = await billing.rest('GET', '/price-corrections');
  expect(body.items).toEqual([]);
});
