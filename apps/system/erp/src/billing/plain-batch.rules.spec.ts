import 'reflect-metadata';
import { describe, expect, it } from 'vitest';
import { BillingBatchRequest } from '#apis/erp';
import { RequestValidation } from '#service';
import { aCharge, aLine, anExpense, post, remove } from './billing.fixture.js';
import { isPlainBatch } from './plain-batch.rules.js';

const pipe = new RequestValidation();
const accepted = (batch: unknown): Promise<boolean> =>
  pipe.transform(batch, { type: 'body', metatype: BillingBatchRequest }).then(
    () => true,
    () => false,
  );

const VALUES: unknown[] = [
  null,
  undefined,
  '',
  'x',
  'ä',
  'x'.repeat(81),
  'x'.repeat(301),
  '-1',
  '1.5',
  '1.1234567',
  ' 1',
  '2026-02-28',
  '2026-02-30',
  '2028-02-29',
  '2026-13-01',
  '0000-01-01',
  '2026-1-1',
  'time',
  'GBP',
  'gbp',
  0,
  1.5,
  -30,
  Number.NaN,
  true,
  [],
  ['a'],
  [1],
  {},
  { amount: '1', currency: 'GBP' },
  { amount: 1, currency: 'GBP' },
  { amount: '1', currency: 'GBP', more: 1 },
];
const batches = [post(aLine({ taskId: 'tsk_1' })), post(anExpense()), post(aCharge()), remove(aLine())];

/** Every place in a batch, as the path to it. */
function* places(value: unknown, path: (string | number)[] = []): Generator<(string | number)[]> {
  if (path.length > 0) yield path;
  if (typeof value === 'object' && value !== null)
    for (const [name, part] of Object.entries(value)) yield* places(part, [...path, Array.isArray(value) ? Number(name) : name]);
}

function replaced(value: unknown, [name, ...rest]: (string | number)[], by: (old: unknown) => unknown): unknown {
  if (name === undefined) return by(value);
  const copy = (Array.isArray(value) ? [...(value as unknown[])] : { ...(value as object) }) as Record<string | number, unknown>;
  copy[name] = replaced(copy[name], rest, by);
  return copy;
}

describe('a certainly valid batch', () => {
  it('is what the app sends', () => {
    for (const batch of batches) expect(isPlainBatch(batch)).toBe(true);
  });

  it('is never one that the class refuses, whatever value is in whatever field', async () => {
    let doubted = 0;
    for (const batch of batches) {
      for (const path of places(batch)) {
        for (const value of VALUES) {
          const other = replaced(batch, path, () => value);
          if (!isPlainBatch(other)) doubted++;
          else expect(await accepted(other), `${path.join('.')} = ${JSON.stringify(value)}`).toBe(true);
        }
      }
    }
    expect(doubted).toBeGreaterThan(500);
  });

  it('is never one with a field more, or one less that must be there', async () => {
    const letThrough: string[] = [];
    for (const batch of batches) {
      for (const path of places(batch)) {
        const variants = [
          replaced(batch, path, old => (typeof old === 'object' && old !== null && !Array.isArray(old) ? { ...old, more: 1 } : old)),
          replaced(batch, path.slice(0, -1), old =>
            Array.isArray(old) ? old : Object.fromEntries(Object.entries(old as object).filter(([name]) => name !== path.at(-1))),
          ),
        ];
        for (const variant of variants) if (isPlainBatch(variant) && !(await accepted(variant))) letThrough.push(path.join('.'));
      }
    }
    expect(letThrough).toEqual([]);
  });
});
