import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mintId, money } from '#canonical';
import { eventually } from '#testing';
import { aFinancialProject, anExpense, someTime, testBilling, type TestBilling } from '../time-to-billing.fixture.js';

const LENT = 'ada@larkfield.example';

let billing: TestBilling;
beforeAll(async () => {
  billing = await testBilling();
  billing.around.employers.set(LENT, 'LF-DE');
});
afterAll(() => billing.close());

async function project(name: string, limit: string | undefined): Promise<string> {
  const id = mintId('project', 'spec', name);
  const cap = limit === undefined ? {} : { notToExceed: money(limit, 'GBP') };
  await billing.publish('financial-project.changed.v1', id, { state: { ...aFinancialProject(), ...cap, id, refs: [] }, changed: [] });
  const body = { level: 'project', subject: id, role: 'ARCHITECT', unit: 'hour', amount: '160.00', currency: 'GBP', from: '2026-01-01' };
  await eventually(async () => (await billing.rest('PUT', `/rates/${name}`, { body })).status === 200);
  return id;
}

const said = (line: Record<string, any>, code: string): string[] =>
  line.explanation.filter((one: { code: string }) => one.code === code).map(({ text }: { text: string }) => text);

describe('a line that is capped', () => {
  it('names the cap and what is over it, and costs the owner of the project what the whole line is worth', async () => {
    const projectId = await project('lent', '100');
    const entry = someTime('lent', { projectId, workedMinutes: 60, person: { email: LENT } });
    await billing.approve(entry);
    const line = await billing.reaches(entry.id, 'posted');
    const whole = { owningCost: money('128', 'GBP'), lendingSale: money('128', 'GBP'), lendingCost: money('70', 'GBP') };
    expect(line).toMatchObject({
      money: money('98.67', 'GBP'),
      overage: { minutes: 23, money: money('61.33', 'GBP') },
      intercompany: { ...whole, owningUnbilledSale: money('98.67', 'GBP') },
    });
    expect(said(line, 'price.capped')).toEqual(['98.67 GBP of it fit under the not-to-exceed of 100.00 GBP and are billed, 61.33 GBP are over it.']);

    const raised = { ...aFinancialProject(), id: projectId, notToExceed: money('110', 'GBP'), refs: [] };
    await billing.publish('financial-project.changed.v1', projectId, { state: raised, changed: ['notToExceed'] });
    const more = await eventually(async () => {
      const now = await billing.reaches(entry.id, 'posted');
      return now.money.amount !== '98.67' && now;
    });
    expect(more).toMatchObject({
      money: money('106.67', 'GBP'),
      overage: { minutes: 20, money: money('53.33', 'GBP') },
      intercompany: { ...whole, owningUnbilledSale: money('106.67', 'GBP') },
    });
    expect(said(more, 'price.overage-released').at(-1)).toContain('8.00 GBP more are billed, 106.67 GBP in all, 53.33 GBP are over it.');

    const { notToExceed: _, ...free } = raised;
    await billing.publish('financial-project.changed.v1', projectId, { state: free, changed: ['notToExceed'] });
    const all = await eventually(async () => {
      const now = await billing.reaches(entry.id, 'posted');
      return now.overage === undefined && now;
    });
    expect(all).toMatchObject({ money: money('160', 'GBP'), intercompany: { ...whole, owningUnbilledSale: money('160', 'GBP') } });
    expect(said(all, 'price.cap-gone')).toEqual(['The project has no cap any more: 53.33 GBP more of it are billed, 160.00 GBP in all.']);
  });

  it('names the cap where nothing of the line fits, with nothing to sell', async () => {
    const projectId = await project('nothing', '0');
    const entry = someTime('nothing', { projectId, workedMinutes: 60, person: { email: LENT } });
    await billing.approve(entry);
    const line = await billing.reaches(entry.id, 'overage');
    expect(line).toMatchObject({
      money: money('0', 'GBP'),
      overage: { minutes: 60, money: money('160', 'GBP') },
      intercompany: { owningCost: money('128', 'GBP'), owningUnbilledSale: money('0', 'GBP'), lendingSale: money('128', 'GBP') },
    });
    expect(said(line, 'price.capped')).toEqual(['0.00 GBP of it fit under the not-to-exceed of 0.00 GBP and are billed, 160.00 GBP are over it.']);
  });

  it('gets the headroom before a younger line that would fit, which is billed when the older one waits no more', async () => {
    const projectId = await project('queue', '100');
    const older = someTime('older', { projectId, workedMinutes: 60 });
    const younger = anExpense('younger', { projectId, expenseDate: '2026-11-03', amount: money('1', 'GBP') });
    await billing.approve(older);
    await billing.reaches(older.id, 'posted');
    await billing.approve(younger);
    const kept = await billing.reaches(younger.id, 'overage');
    expect(said(kept, 'price.older-overage-first')).toEqual(['Overage of 2026-11-02 waits for room before it.']);
    await billing.approve({ ...older, approval: 'rejected' });
    await billing.reaches(older.id, 'withdrawn');
    expect(await billing.reaches(younger.id, 'posted')).toMatchObject({ money: money('1', 'GBP') });
  });

  it('has a sale of the billed part for an expense too', async () => {
    const projectId = await project('expense', '50');
    const expense = anExpense('lent', { projectId, amount: money('84.20', 'GBP'), person: { email: LENT } });
    await billing.approve(expense);
    expect(await billing.reaches(expense.id, 'posted')).toMatchObject({
      money: money('50', 'GBP'),
      overage: { money: money('34.20', 'GBP') },
      intercompany: { owningCost: money('84.20', 'GBP'), owningUnbilledSale: money('50', 'GBP'), lendingSale: money('84.20', 'GBP') },
    });
  });
});
