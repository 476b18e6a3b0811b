import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { money } from '#canonical';
import { inTransaction } from '#persistence';
import { anExpense, PROJECT, testBilling, type TestBilling } from '../time-to-billing.fixture.js';
import type { LineBook } from './line-book.js';
import { Lines } from './lines.js';

let billing: TestBilling;
let lineId: string;
beforeAll(async () => {
  billing = await testBilling();
  const term = { level: 'project', subject: PROJECT, treatment: 'mark-up', percent: '10', from: '2026-01-01' };
  await billing.rest('PUT', '/expense-terms/mark-up', { body: term });
  const expense = anExpense('in two parts', { amount: money('100', 'GBP') });
  lineId = expense.id;
  await billing.approve(expense);
  await billing.reaches(lineId, 'posted');
});
afterAll(() => billing.close());

class Undone extends Error {}

/**
 * Removes one part of the line while the next becomes ready, with its rows in this order on the
 * disk, and then restores everything.
 */
async function oneAfterTheOther(order: 'asc' | 'desc', out: string, next: string): Promise<string[]> {
  let states: string[] = [];
  await inTransaction(billing.dataSource, async em => {
    await em.query('create temp table kept on commit drop as select * from billing.posting where line_id = $1', [lineId]);
    await em.query('delete from billing.posting where line_id = $1', [lineId]);
    await em.query(`insert into billing.posting select * from kept order by external_id ${order}`);
    await em.query(`update billing.posting set operation = 'remove', state = 'claimed' where external_id = $1`, [out]);
    const move = (book: LineBook) => {
      const [line] = book.lines;
      for (const posting of line.postings) {
        Object.assign(posting, posting.externalId === out ? { state: 'removed' } : { operation: 'remove', state: 'ready' });
        book.moved(line, posting);
      }
      return Promise.resolve();
    };
    await billing.app.app.get(Lines, { strict: false }).change(em, [lineId], move, { driven: true });
    const rows = await em.query<{ state: string }[]>('select state from billing.posting where external_id = any($1) order by external_id = $2', [
      [out, next],
      next,
    ]);
    states = rows.map(({ state }) => state);
    throw new Undone();
  }).catch((error: unknown) => {
    if (!(error instanceof Undone)) throw error;
  });
  return states;
}

describe('parts of a line that change in one transaction', () => {
  // Postgres checks the unique index with each row that it writes, in an order of its own.
  it.each([
    ['asc', '', '-c'],
    ['asc', '-c', ''],
    ['desc', '', '-c'],
    ['desc', '-c', ''],
  ] as const)('are written so that the one that leaves the flight goes first: rows %s, part "%s" before "%s"', async (order, out, next) => {
    expect(await oneAfterTheOther(order, `tl-${lineId}-v1${out}`, `tl-${lineId}-v1${next}`)).toEqual(['removed', 'ready']);
  });
});
