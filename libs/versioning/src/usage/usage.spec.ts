import { describe, expect, it } from 'vitest';
import { defineApi, get, olderVersion, operations, type ApiDeclaration } from '#apis';
import { Nested, Text, Whole } from '#canonical';
import { operationUses } from './operation-uses.js';
import { sentFields } from './sent-fields.js';
import { UsageCounts } from './usage-counts.js';

class Item {
  @Text() name: string;
  @Text({ optional: true }) note?: string;
}

class Order {
  @Text({ list: true, optional: true }) tags?: string[];
  @Nested(() => Item, { list: true }) items: Item[];
  @Nested(() => Order, { optional: true }) earlier?: Order;
}

const sent = (body: unknown): string[] => {
  const found = new Set<string>();
  sentFields(Order, 'body')(body, found);
  return [...found].sort();
};

describe('the fields that a request sends', () => {
  it('are named by their paths, each once, whichever item carries them', () => {
    expect(sent({ items: [{ name: 'a' }, { name: 'b', note: 'late' }] })).toEqual(['body.items[]', 'body.items[].name', 'body.items[].note']);
  });

  it('are only those that are declared', () => {
    expect(sent({ items: [], Imogen: 'Hartley', ['__proto__x']: 1 })).toEqual(['body.items[]']);
    for (const odd of [null, undefined, 'text', 7, [[[]]]]) expect(sent(odd)).toEqual([]);
  });

  it('end somewhere when a class contains itself', () => {
    const deep = (levels: number): object => (levels === 0 ? { tags: [] } : { earlier: deep(levels - 1) });
    const found = sent(deep(1_000));
    expect(found).toHaveLength(9);
    expect(found.at(-1)).toBe(`body${'.earlier'.repeat(9)}`);
  });
});

describe('an operation of an older version', () => {
  it('counts what of its answer a translation supplies', () => {
    class Both {
      @Text() name: string;
    }
    class Newer extends Both {
      @Nested(() => Item, { list: true }) items: Item[];
    }
    class Older extends Both {
      @Whole() count: number;
      @Nested(() => Item, { optional: true }) first?: Item;
    }
    const current = operations('orders', { getOrder: get('orders/:id', { scope: 'crm.read', summary: 'An order', answer: Newer }) });
    const old = operations('orders', {
      getOrder: olderVersion(get('orders/:id', { scope: 'crm.read', summary: 'An order', answer: Older }), {
        of: current.getOrder,
        up: input => input,
        down: ({ name, items }) => ({ name, count: items.length, first: items[0] }),
      }),
    });
    const declared = (version: string) => ({ ...({ app: 'orders', layer: 'system' } as ApiDeclaration), version });
    const uses = operationUses([defineApi(declared('1'), old), defineApi(declared('2'), current)]);
    expect([...uses.get('GET /v1/orders/:id')!.fieldsOf({})].sort()).toEqual([
      'answer.count',
      'answer.first',
      'answer.first.name',
      'answer.first.note',
    ]);
    expect([...uses.get('GET /v2/orders/:id')!.fieldsOf({})]).toEqual([]);
  });
});

describe('counts of use', () => {
  const use = { version: '1', operation: 'check', consumer: 'sales', release: '' };

  it('are taken once, by day, consumer, operation and field', () => {
    let now = Date.parse('2026-11-30T23:59:59Z');
    const counts = new UsageCounts('billing', () => now);
    counts.add({ ...use, fields: ['body.a'] });
    counts.add({ ...use, fields: [] });
    now += 2_000;
    counts.add({ ...use, consumer: 'partner', fields: ['body.a'] });
    const rows = counts.take().map(({ day, consumer, field, calls }) => `${day} ${consumer} ${field} ${calls}`);
    expect(rows).toEqual(['2026-11-30 sales  2', '2026-11-30 sales body.a 1', '2026-12-01 partner  1', '2026-12-01 partner body.a 1']);
    expect(counts.take()).toEqual([]);
  });

  it('are added up when they are put back because they could not be stored', () => {
    const counts = new UsageCounts('billing');
    counts.add({ ...use, fields: ['body.a'] });
    const taken = counts.take();
    counts.add({ ...use, fields: [] });
    counts.putBack(taken);
    expect(counts.take().map(({ field, calls }) => [field, calls])).toEqual([
      ['', 2],
      ['body.a', 1],
    ]);
  });

  it('stay bounded while nothing can be stored: calls are counted when fields no longer are', () => {
    const counts = new UsageCounts('billing');
    for (let i = 0; i < 60_000; i++) counts.add({ ...use, consumer: `c${i}`, fields: [`body.f${i}`] });
    expect(counts.size).toBeLessThanOrEqual(100_000);
    const rows = counts.take();
    expect(rows.filter(({ field }) => field === '')).toHaveLength(60_000);
    for (let i = 0; i < 110_000; i++) counts.add({ ...use, consumer: `c${i}`, fields: [] });
    expect(counts.size).toBe(100_000);
  });
});

describe('a number', () => {
  it('is no object to look into', () => {
    class Amount {
      @Whole() value: number;
    }
    const found = new Set<string>();
    sentFields(Amount, 'query')({ value: 3 }, found);
    expect([...found]).toEqual(['query.value']);
  });
});
