import { afterAll, describe, expect, it } from 'vitest';
import { mintId, money, recordedAmount, type FinancialProject } from '#canonical';
import { eventually } from '#testing';
import { anExpense, PROJECT, testBilling, type TestBilling } from '../time-to-billing.fixture.js';

let billing: TestBilling;
const started: TestBilling[] = [];
const open = async (project: Partial<FinancialProject> = {}, env: Record<string, string> = {}) => {
  billing = await testBilling({ project, env });
  started.push(billing);
};
afterAll(() => Promise.all(started.map(one => one.close())));

/**
 * The ERP's records: the external id without the line's part, the kind, the recorded amount, and
 * whether it is billed.
 */
const held = (lineId: string) =>
  [...billing.around.held.values()]
    .filter(({ externalId }) => externalId.startsWith(`tl-${lineId}-`))
    .map(line => [line.externalId.replace(`tl-${lineId}-`, ''), line.kind, ...Object.values(recordedAmount(line)), line.billable ? 'billed' : 'cost'])
    .sort();

const markUp = async () => {
  const term = { level: 'project', subject: PROJECT, treatment: 'mark-up', percent: '10', from: '2026-01-01' };
  expect((await billing.rest('PUT', '/expense-terms/mark-up', { body: term })).status).toBe(200);
};

describe('the cost of an expense, where this app records it', () => {
  it('is recorded at what was spent when nothing is billed', async () => {
    await open({ billingMethod: 'milestone' });
    const expense = anExpense('milestone', { amount: money('60', 'GBP') });
    await billing.approve(expense);
    expect(await billing.reaches(expense.id, 'posted')).toMatchObject({ money: money('0', 'GBP') });
    expect(held(expense.id)).toEqual([['v1', 'expense', '60.00', 'GBP', 'cost']]);
  });

  it('is the billed record for a line that an earlier release was about to send', async () => {
    await billing.dataSource.query(`
      create function billing.earlier() returns trigger language plpgsql as $$ begin new.transaction := new.transaction - 'asSpent'; return new; end $$;
      create trigger earlier before insert on billing.posting for each row execute function billing.earlier()`);
    const expense = anExpense('earlier', { amount: money('60', 'GBP') });
    await billing.approve(expense);
    await billing.reaches(expense.id, 'posted');
    await billing.dataSource.query('drop trigger earlier on billing.posting; drop function billing.earlier()');
    expect(held(expense.id)).toEqual([['v1', 'expense', '0.00', 'GBP', 'cost']]);
  });

  it('is whole, however much fits under a cap', async () => {
    await open({ notToExceed: money('11.21', 'GBP') });
    const expense = anExpense('capped', { amount: money('24.99', 'GBP') });
    await billing.approve(expense);
    expect(await billing.reaches(expense.id, 'posted')).toMatchObject({ money: money('11.21', 'GBP'), overage: { money: money('13.78', 'GBP') } });
    expect(held(expense.id)).toEqual([
      ['v1', 'charge', '11.21', 'GBP', 'billed'],
      ['v1-c', 'expense', '24.99', 'GBP', 'cost'],
    ]);
    const over = anExpense('over', { amount: money('5', 'GBP') });
    await billing.approve(over);
    await billing.reaches(over.id, 'overage');
    expect(held(over.id)).toEqual([['v1-c', 'expense', '5.00', 'GBP', 'cost']]);
  });

  it('is the same record as the billed one, when exactly what was spent is billed', async () => {
    await open();
    const expense = anExpense('at-cost', { amount: money('60', 'GBP') });
    await billing.approve(expense);
    await billing.reaches(expense.id, 'posted');
    expect(held(expense.id)).toEqual([['v1', 'expense', '60.00', 'GBP', 'billed']]);
  });

  it('is in the currency that was spent, once, and is removed with the billed record when the line is corrected or withdrawn', async () => {
    await billing.publish('exchange-rate.changed.v1', 'EUR', {
      state: { id: 'EUR', from: 'EUR', to: 'GBP', effectiveFrom: '2026-01-01', rate: '0.85' },
      changed: [],
    });
    await markUp();
    const expense = anExpense('foreign', { amount: money('100', 'EUR') });
    await billing.approve(expense);
    await billing.reaches(expense.id, 'posted');
    expect(held(expense.id)).toEqual([
      ['v1', 'charge', '93.50', 'GBP', 'billed'],
      ['v1-c', 'expense', '100.00', 'EUR', 'cost'],
    ]);
    await billing.approve({ ...expense, amount: money('200', 'EUR') });
    await eventually(async () => {
      const { version, state } = await billing.line(expense.id);
      return version === 2 && state === 'posted';
    });
    expect(held(expense.id)).toEqual([
      ['v2', 'charge', '187.00', 'GBP', 'billed'],
      ['v2-c', 'expense', '200.00', 'EUR', 'cost'],
    ]);
    expect(billing.around.doubled).toEqual([]);
    await billing.approve({ ...expense, approval: 'rejected' });
    await billing.reaches(expense.id, 'withdrawn');
    expect(held(expense.id)).toEqual([]);
  });

  it('stays while the ERP refuses the billed record, and is not sent again', async () => {
    const expense = anExpense('refused', { amount: money('100', 'GBP') });
    billing.around.refusals.set(`tl-${expense.id}-v1`, 'project-closed');
    await billing.approve(expense);
    const { block } = await billing.reaches(expense.id, 'blocked');
    expect(held(expense.id)).toEqual([['v1-c', 'expense', '100.00', 'GBP', 'cost']]);
    billing.around.refusals.clear();
    const again = { action: 'retry', reason: 'the project is open again' };
    expect((await billing.rest('POST', `/exceptions/${block.exceptionId}/actions`, { body: again })).status).toBe(200);
    await billing.reaches(expense.id, 'posted');
    expect(held(expense.id)).toEqual([
      ['v1', 'charge', '110.00', 'GBP', 'billed'],
      ['v1-c', 'expense', '100.00', 'GBP', 'cost'],
    ]);
    expect(billing.around.history.filter(done => done.includes(expense.id))).toEqual([`post tl-${expense.id}-v1-c`, `post tl-${expense.id}-v1`]);
  });

  it('does not keep a line from being billed and paid', async () => {
    const expense = anExpense('paid', { amount: money('100', 'GBP') });
    await billing.approve(expense);
    await billing.reaches(expense.id, 'posted');
    const id = mintId('invoice', 'spec', 'one');
    await billing.publish('invoice.changed.v1', id, {
      state: {
        id,
        number: 'INV1',
        status: 'paid',
        date: '2026-11-30',
        total: money('110', 'GBP'),
        amountDue: money('0', 'GBP'),
        transactions: [`tl-${expense.id}-v1`],
        refs: [],
      },
      changed: [],
    });
    expect((await billing.reaches(expense.id, 'paid')).invoice.id).toBe(id);
  });
});

describe('the cost of an expense, where another tool records it', () => {
  it('is not sent: the ERP gets only the billed record', async () => {
    await open({}, { TIME_TO_BILLING_EXPENSE_COST: 'elsewhere' });
    const [atCost, notBillable] = [anExpense('at-cost'), anExpense('not-billable', { billable: false })];
    for (const expense of [atCost, notBillable]) {
      await billing.approve(expense);
      await billing.reaches(expense.id, 'posted');
    }
    expect(held(atCost.id)).toEqual([['v1', 'charge', '120.00', 'GBP', 'billed']]);
    expect(held(notBillable.id)).toEqual([['v1', 'charge', '0.00', 'GBP', 'cost']]);
  });
});

describe('who records the cost of expenses', () => {
  it('is for the firm to state: without an answer the app does not start', async () => {
    await expect(testBilling({ env: { TIME_TO_BILLING_EXPENSE_COST: '' } })).rejects.toThrow('TIME_TO_BILLING_EXPENSE_COST');
  });
});
