import { describe, expect, it } from 'vitest';
import type { Invoice } from '#canonical';
import type { SweepPage } from '#capture';
import { answersUnsupported, Bench, type ErpWorld } from './bench.fixture.js';

/** What every ERP with books must publish about them. */
export function booksConformance(name: string, world: ErpWorld): void {
  describe(`the books of ${name}`, () => {
    const bench = new Bench(world);
    if (!bench.can('books')) return answersUnsupported(bench, 'books', vendor => vendor.books);
    booksAreTold(bench);
    if (bench.can('billing')) invoicesNameTheirLines(bench);
  });
}

function booksAreTold(bench: Bench): void {
  it('are exchange rates by the day, and periods that are open or not', async () => {
    const [rates, periods] = await Promise.all([bench.vendor.books!.exchangeRates(), bench.vendor.books!.accountingPeriods()]);
    expect([rates.unreadable ?? [], periods.unreadable ?? []]).toEqual([[], []]);
    expect(rates.items.length).toBeGreaterThan(0);
    expect(new Set(rates.items.map(({ id }) => id)).size).toBe(rates.items.length);
    for (const { from, to, effectiveFrom, rate } of rates.items)
      expect([from !== to, Number(rate) > 0, /^\d{4}-\d\d-\d\d$/.test(effectiveFrom)]).toEqual([true, true, true]);
    expect(periods.items.map(({ open }) => typeof open)).toContain('boolean');
    for (const { startDate, endDate } of periods.items) expect(startDate <= endDate).toBe(true);
  });
}

function invoicesNameTheirLines(bench: Bench): void {
  it('are invoices, with the lines of ours that they bill, when they changed and among all', async () => {
    const line = bench.world.billing!.line();
    const refused = await bench.vendor.billing!.postOne(line);
    expect(refused).toBeNull();
    const since = new Date(Date.now() - 2_000).toISOString();
    await bench.world.billing!.bill(line);
    const { changed, all } = bench.vendor.books!.invoices;
    for (const shown of [changed(since), changed(null), all()])
      expect(await invoicesIn(shown)).toContainEqual(expect.objectContaining({ status: 'open', transactions: [line.externalId] }));
  });
}

async function invoicesIn(pages: AsyncIterable<SweepPage<Invoice>>): Promise<Invoice[]> {
  const invoices: Invoice[] = [];
  for await (const { items } of pages) invoices.push(...items);
  return invoices;
}
