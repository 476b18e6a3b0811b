import { describe, expect, it } from 'vitest';
import { WRITE_GUARANTEES } from '#connector';
import { Bench, type CrmWorld } from './bench.fixture.js';
import { customersConformance } from './customers.conformance.js';
import { dealsConformance } from './deals.conformance.js';
import { failuresConformance } from './failures.conformance.js';
import { rateCardsConformance } from './rate-cards.conformance.js';

/** All suites, for a vendor. What it can't do is checked to be answered as unsupported. */
export function crmConformance(name: string, world: CrmWorld): void {
  describe(`${name} as a CRM`, () => {
    const bench = new Bench(world);
    dealsConformance(bench);
    customersConformance(bench);
    rateCardsConformance(bench);
    failuresConformance(bench);

    it('can do what its spec says that it can', () => {
      expect(bench.vendor.abilities.toSorted()).toEqual(world.abilities.toSorted());
    });

    it('finds everything it needs there', async () => {
      const findings = await bench.vendor.check();
      expect(findings.filter(finding => !finding.ok)).toEqual([]);
      expect(findings.length).toBeGreaterThan(3);
    });

    it('declares by what means it would write, and how long a write may take to settle', () => {
      expect(Object.keys(bench.vendor.means).length).toBeGreaterThan(0);
      for (const means of Object.values(bench.vendor.means)) expect(WRITE_GUARANTEES).toContain(means);
      expect(bench.vendor.settlingMs).toEqual(expect.any(Number));
    });
  });
}
