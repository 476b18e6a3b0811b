import { describe, expect, it } from 'vitest';
import type { Bench } from './bench.fixture.js';

/** What every HCM with cost rates must do with them; that an HCM without them shows none. */
export function costRatesConformance(bench: Bench): void {
  describe('what workers cost', () => {
    if (bench.can('cost-rates')) costRatesAreShown(bench);
    else costRatesAreNone(bench);
  });
}

function costRatesAreShown(bench: Bench): void {
  it('is shown of each worker', async () => {
    const histories = await bench.everybody();
    for (const one of bench.world.employees()) {
      const history = histories.find(({ id }) => id === bench.world.workerId(one.employeeNumber))!;
      expect(history.costRates.map(({ from, rate }) => ({ from, amount: rate.amount }))).toEqual(one.costRates);
    }
  });

  it('shows a cost rate from the day it starts', async () => {
    const one = bench.world.employees()[5];
    const moment = new Date().toISOString();
    await bench.world.hr.setCostRate(one.employeeNumber, '2029-01-01', '99.50');
    expect((await bench.changedOne(moment, one.employeeNumber)).costRates.at(-1)).toMatchObject({ from: '2029-01-01', rate: { amount: '99.50' } });
  });
}

function costRatesAreNone(bench: Bench): void {
  bench.unsupported('cost-rates');

  it('is shown of nobody', async () => {
    const histories = await bench.everybody();
    expect(histories.length).toBeGreaterThan(0);
    expect(histories.flatMap(({ costRates }) => costRates)).toEqual([]);
  });
}
