import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { money, type BillableTransaction } from '#canonical';
import { amountOfCents, centsOf } from '../pricing/integers.fixture.js';
import { externalIdOf, nameOf, reversalIdOf, reversalOf, transactionOfPart } from './billable-transaction.rules.js';

const LINE = 'tim_00000000000000000001';

describe('the external id of a transaction', () => {
  const examples: [Parameters<typeof externalIdOf>[0], string][] = [
    [{ lineId: LINE, version: 1 }, `tl-${LINE}-v1`],
    [{ lineId: LINE, version: 12, overage: 3 }, `tl-${LINE}-v12-o3`],
    [{ lineId: LINE, version: 2, reversal: true }, `tl-${LINE}-v2-r`],
    [{ lineId: LINE, version: 2, overage: 1, reversal: true }, `tl-${LINE}-v2-o1-r`],
    [{ lineId: LINE, version: 2, cost: true }, `tl-${LINE}-v2-c`],
    [{ lineId: LINE, version: 2, cost: true, reversal: true }, `tl-${LINE}-v2-c-r`],
  ];

  it.each(examples)('%j is %s, and reads back', (name, externalId) => {
    expect(externalIdOf(name)).toBe(externalId);
    expect(nameOf(externalId)).toEqual({ overage: 0, cost: false, reversal: false, ...name });
  });

  it('of a reversal is that of the part and -r', () => {
    expect(reversalIdOf(externalIdOf({ lineId: LINE, version: 1 }))).toBe(externalIdOf({ lineId: LINE, version: 1, reversal: true }));
  });

  it('is not read from an id that we did not make', () => {
    for (const strange of ['', 'INV-1', `tl-${LINE}`, `tl-${LINE}-v0`, `tl-${LINE}-v1-x`, `tl-${LINE}-v1-r-r`, `tl-${LINE}-v1-o1-c`])
      expect(nameOf(strange)).toBeUndefined();
  });

  it('differs for another line, version, part or direction', () => {
    const name = fc.record({
      lineId: fc.constantFrom(LINE, 'exp_00000000000000000001', 'tim_00000000000000000002'),
      version: fc.integer({ min: 1, max: 30 }),
      part: fc.oneof(
        fc.integer({ min: 0, max: 30 }).map(overage => ({ overage })),
        fc.constant({ cost: true }),
      ),
      reversal: fc.boolean(),
    });
    fc.assert(
      fc.property(name, name, (a, b) => {
        const idOf = ({ part, ...rest }: typeof a) => externalIdOf({ ...rest, ...part });
        expect(idOf(a) === idOf(b)).toBe(JSON.stringify(a) === JSON.stringify(b));
      }),
      { numRuns: 1000 },
    );
  });
});

const aTransaction = (over: Partial<BillableTransaction> = {}): BillableTransaction => ({
  externalId: `tl-${LINE}-v1`,
  kind: 'time',
  projectId: 'prj_1',
  employeeNumber: 'EMP-117',
  legalEntity: 'LF-UK',
  costCentre: 'CC-210',
  taxCode: 'GB-S20',
  workDate: '2026-11-18',
  postingDate: '2026-11-18',
  billable: true,
  minutes: 60,
  role: 'ARCHITECT',
  ratePerHour: money('160', 'GBP'),
  amount: money('160', 'GBP'),
  memo: 'Design workshop',
  ...over,
});

describe('the transaction of a part', () => {
  it('has its own minutes and amount and equals the whole in all else', () => {
    const part = { externalId: `tl-${LINE}-v1-o1`, minutes: 24, amount: money('64', 'GBP') };
    expect(transactionOfPart(aTransaction(), part)).toEqual(aTransaction(part));
  });

  it('of the whole line is the whole', () => {
    const { externalId, ...whole } = aTransaction({
      kind: 'charge',
      minutes: undefined,
      spent: money('131.40', 'EUR'),
      amount: money('121.65', 'GBP'),
    });
    expect(transactionOfPart(whole, { externalId, minutes: null, amount: whole.amount }).spent).toEqual(money('131.40', 'EUR'));
    const nothing = { ...whole, billable: false, amount: money('0', 'GBP') };
    expect(transactionOfPart(nothing, { externalId, minutes: null, amount: nothing.amount }).spent).toEqual(money('131.40', 'EUR'));
  });

  it('has a cost that sums to the whole, however many parts there are', () => {
    const cents = fc.bigInt({ min: 1n, max: 10_000_000n });
    fc.assert(
      fc.property(cents, fc.array(cents, { minLength: 1, maxLength: 6 }), (spent, shares) => {
        const amount = amountOfCents(shares.reduce((sum, share) => sum + share, 0n));
        const whole = aTransaction({ kind: 'charge', spent: { amount: amountOfCents(spent), currency: 'EUR' }, amount: { amount, currency: 'GBP' } });
        let before = 0n;
        let sum = 0n;
        for (const share of shares) {
          const part = { externalId: 'x', minutes: null, amount: { amount: amountOfCents(share), currency: 'GBP' } };
          sum += centsOf(transactionOfPart(whole, part, { amount: amountOfCents(before), currency: 'GBP' }).spent!.amount);
          before += share;
        }
        expect(sum).toBe(spent);
      }),
    );
  });
});

describe('a reversal', () => {
  it('takes back exactly what was billed, on its own day', () => {
    expect(reversalOf(aTransaction(), '2026-12-01')).toEqual(
      aTransaction({ externalId: `tl-${LINE}-v1-r`, minutes: -60, amount: money('-160', 'GBP'), postingDate: '2026-12-01' }),
    );
    const charge = aTransaction({ kind: 'charge', minutes: undefined, ratePerHour: undefined, spent: money('131.40', 'EUR') });
    expect(reversalOf(charge, '2026-12-01')).toMatchObject({ spent: money('-131.40', 'EUR'), amount: money('-160', 'GBP') });
    expect(reversalOf(aTransaction({ minutes: 0, amount: money('0', 'GBP') }), '2026-12-01')).toMatchObject({
      minutes: 0,
      amount: money('0', 'GBP'),
    });
  });
});
