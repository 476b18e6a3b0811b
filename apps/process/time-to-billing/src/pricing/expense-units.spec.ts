import { Decimal } from 'decimal.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { money } from '#canonical';
import { eventually } from '#testing';
import { anExpense, PROJECT, testBilling, type TestBilling } from '../time-to-billing.fixture.js';

let billing: TestBilling;
beforeAll(async () => {
  billing = await testBilling();
  const term = { level: 'project', subject: PROJECT, category: 'Hotel', treatment: 'per-unit', unitRate: money('45', 'GBP') };
  const put = async (id: string, body: object) => expect((await billing.rest('PUT', `/expense-terms/${id}`, { body })).status).toBe(200);
  await put('items', { ...term, unit: 'item', from: '2026-01-01' });
  await put('days', { ...term, unit: 'day', from: '2026-11-15' });
});
afterAll(() => billing.close());

/** Approves lines of one person, and returns their billed amounts once all are in the ERP. */
async function billed(name: string, date: string, ...amounts: string[]): Promise<string[]> {
  const person = { email: `${name}@larkfield.example`, name };
  const lines = amounts.map((amount, n) => anExpense(`${name} ${amounts.length} ${n}`, { person, expenseDate: date, amount: money(amount, 'GBP') }));
  await Promise.all(lines.map(line => billing.approve(line)));
  return Promise.all(lines.map(async ({ id }) => (await billing.reaches(id, 'posted')).money.amount as string));
}

const sum = (amounts: string[]) => amounts.reduce((total, amount) => total.plus(amount), new Decimal(0)).toFixed(2);

describe('expenses per unit, as they come', () => {
  it('by the item: a refund that comes later takes back what was billed, once', async () => {
    expect(await billed('item', '2026-11-03', '31.75', '20')).toEqual(['45.00', '45.00']);
    expect(sum(await billed('item', '2026-11-04', '-31.75', '-20', '-1'))).toBe('-90.00');
    expect(await billed('item', '2026-11-05', '8')).toEqual(['45.00']);
  });

  it('by the day: once for receipts that come together and for one that comes later', async () => {
    expect((await billed('day', '2026-11-16', '10', '20', '1.75')).sort()).toEqual(['0.00', '0.00', '45.00']);
    expect(await billed('day', '2026-11-16', '5')).toEqual(['0.00']);
    expect(sum(await billed('day', '2026-11-16', '-10', '-20'))).toBe('0.00');
    expect(sum(await billed('day', '2026-11-16', '-1', '-2', '-3', '-4', '-5', '-6'))).toBe('-45.00');
    expect(await billed('another', '2026-11-16', '5')).toEqual(['45.00']);
  });

  it('by the day: once the line that carried it is taken back another one does; a unit that was taken back goes with its refund', async () => {
    const person = { email: 'leaver@larkfield.example', name: 'Lee' };
    const line = (name: string, expenseDate: string, amount: string) =>
      anExpense(`leaver ${name}`, { person, expenseDate, amount: money(amount, 'GBP') });
    const after = async (one: ReturnType<typeof anExpense>, other: ReturnType<typeof anExpense>) => {
      await billing.approve(one);
      await billing.reaches(one.id, 'posted');
      await billing.approve(other);
      await billing.reaches(other.id, 'posted');
      await billing.approve({ ...one, approval: 'rejected' });
      return eventually(async () => {
        const left = await billing.reaches(other.id, 'posted');
        return left.version === 2 && (left.money.amount as string);
      });
    };
    expect(await after(line('one', '2026-11-18', '10'), line('two', '2026-11-18', '20'))).toBe('45.00');
    expect(await after(line('item', '2026-11-03', '10'), line('refund', '2026-11-04', '-10'))).toBe('0.00');
  });
});
