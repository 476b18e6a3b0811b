import { describe, expect, it } from 'vitest';
import type { BillingLine } from '#canonical';
import { viewOf } from './line.model.js';

const gbp = (amount: string) => ({ amount, currency: 'GBP' });
const lentAt = (sale: string) =>
  ({
    explanation: [],
    intercompany: {
      owningEntity: 'LF-UK',
      lendingEntity: 'LF-US',
      owningCost: gbp(sale),
      owningUnbilledSale: gbp('1664'),
      lendingCost: gbp('900'),
      lendingSale: gbp(sale),
    },
  }) as unknown as BillingLine;

describe('what a line of two entities tells', () => {
  it('is all of it to who may see costs', () => {
    expect(viewOf(lentAt('1331.20'), true).intercompany).toMatchObject({ owningCost: gbp('1331.20'), lendingCost: gbp('900'), deniedFields: [] });
  });

  it('names the costs that it leaves out, and a sale that is one', () => {
    const dear = viewOf(lentAt('1331.20'), false).intercompany;
    expect(dear).toEqual({
      owningEntity: 'LF-UK',
      lendingEntity: 'LF-US',
      owningUnbilledSale: gbp('1664'),
      lendingSale: gbp('1331.20'),
      deniedFields: ['owningCost', 'lendingCost'],
    });
    expect(viewOf(lentAt('900'), false).intercompany?.deniedFields).toEqual(['owningCost', 'lendingCost', 'lendingSale']);
  });
});
