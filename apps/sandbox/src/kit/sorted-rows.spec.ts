import { describe, expect, it } from 'vitest';
import { seeded } from './faults.js';
import { SortedRows } from './sorted-rows.js';

interface NumberedRow {
  id: string;
  value: number;
}

const byValue = (a: NumberedRow, b: NumberedRow): number => a.value - b.value || Number(a.id) - Number(b.id);

/** A thousand changes of each kind, in an order drawn from a seed. */
function shuffled(): { rows: Map<string, NumberedRow>; sorted: SortedRows<NumberedRow> } {
  const rows = new Map<string, NumberedRow>();
  const sorted = new SortedRows(byValue, rows);
  const random = seeded(7);
  for (let step = 0; step < 12_000; step++) {
    // Read early, so that later changes apply to the existing order instead of being sorted in.
    if (step === 10) sorted.rank(() => true);
    const id = String(Math.floor(random() * 5_000));
    const before = rows.get(id);
    const after = random() < 0.3 ? undefined : { id, value: Math.floor(random() * 900) };
    if (after) rows.set(id, after);
    else rows.delete(id);
    sorted.replace(before, after);
  }
  return { rows, sorted };
}

describe('rows kept in order', () => {
  const { rows, sorted } = shuffled();
  const expected = [...rows.values()].sort(byValue);

  it('stay in order while rows come, change and go', () => {
    expect(rows.size).toBeGreaterThan(2_000);
    expect([...sorted.between(0, sorted.size)]).toEqual(expected);
  });

  it('are read from any place, forwards and backwards', () => {
    for (const [from, to] of [
      [0, 5],
      [990, 1_010],
      [sorted.size - 3, sorted.size + 10],
      [7, 7],
    ]) {
      expect([...sorted.between(from, to)]).toEqual(expected.slice(from, to));
      expect([...sorted.between(from, to, true)]).toEqual(expected.slice(from, to).reverse());
    }
  });

  it('count the rows before a bound', () => {
    for (const bound of [-1, 0, 450, 899, 900]) {
      expect(sorted.rank(row => row.value >= bound)).toBe(expected.filter(row => row.value < bound).length);
    }
  });
});
