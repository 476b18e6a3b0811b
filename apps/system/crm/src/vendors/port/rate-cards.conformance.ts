import { describe, expect, it } from 'vitest';
import { DatedRateCard, RateCard } from '#canonical';
import { all, faultsIn, lastCursor, type Bench } from './bench.fixture.js';

/** What every CRM that keeps rate cards must do with them. */
export function rateCardsConformance(bench: Bench): void {
  describe('rate cards', () => {
    if (bench.can('rate-cards')) rateCardsAreRead(bench);
    else bench.unsupported('rate-cards', vendor => vendor.rateCards);
  });
}

function rateCardsAreRead(bench: Bench): void {
  it('are canonical, and none where the code is unknown', async () => {
    const { rateCards } = bench.vendor;
    const versions = await rateCards!.versionsOf(await bench.world.rateCardCode!());
    expect(versions.length).toBeGreaterThan(0);
    expect(versions.flatMap(({ legalEntity: _, ...card }) => faultsIn(RateCard, card))).toEqual([]);
    expect(await rateCards!.versionsOf('no such card')).toEqual([]);
  });

  it('are shown in every version, each by an id of its own, as they are read by code', async () => {
    const { rateCards } = bench.vendor;
    const cards = await all(rateCards!.all());
    expect(cards.flatMap(({ legalEntity: _, ...card }) => faultsIn(DatedRateCard, card))).toEqual([]);
    expect(new Set(cards.map(({ id }) => id)).size).toBe(cards.length);
    const codes = [...new Set(cards.map(({ code }) => code))];
    expect(codes).toContain(await bench.world.rateCardCode!());
    for (const code of codes) {
      const versions = cards.filter(card => card.code === code).toSorted((a, z) => (a.effectiveFrom < z.effectiveFrom ? -1 : 1));
      expect(versions.map(({ id: _, ...card }) => card)).toEqual(await rateCards!.versionsOf(code));
    }
  });

  it('show a rate as it is now, under the same id', async () => {
    const { rateCards } = bench.vendor;
    const code = await bench.world.rateCardCode!();
    const cursor = await lastCursor(rateCards!.all());
    const setRate = await bench.world.people.newRateCard!({ code, effectiveFrom: '2031-01-01', ratePerHour: 199.5 });
    const version = async () => (await all(rateCards!.all())).find(({ effectiveFrom }) => effectiveFrom === '2031-01-01')!;
    const before = await version();
    expect(before.rates.map(({ ratePerHour }) => ratePerHour.amount)).toEqual(['199.50']);
    await setRate(205);
    expect(await version()).toEqual({
      ...before,
      rates: [{ ...before.rates[0], ratePerHour: { ...before.rates[0].ratePerHour, amount: '205.00' } }],
    });
    expect((await lastCursor(rateCards!.all())) >= cursor).toBe(true);
  });
}
