import { describe, expect, it } from 'vitest';
import { WRITE_GUARANTEES } from '#connector';
import { Bench, type CrmWorld } from './bench.fixture.js';
import { customersConformance } from './customers.conformance.js';
import { dealsConformance } from './deals.conformance.js';
import { failuresConformance } from './failures.conformance.js';
import { rateCardsConformance } from './rate-cards.conformance.js';

/** All suites for a vendor. Checks that a missing ability is answered as unsupported. */
export function crmConformance(name: string, world: CrmWorld): void {
  describe(`${name} as a CRM`, () => {
    const bench = new Bench(world);
    dealsConformance(bench);
    customersConformance(bench);
    rateCardsConformance(bench);
    failuresConformance(bench);

    it('has the abilities that its spec states', () => {
      expect(bench.vendor.abilities.toSorted()).toEqual(world.abilities.toSorted());
    });

    it('finds everything it needs there', async () => {
      const findings = await bench.vendor.check();
      expect(findings.filter(finding => !finding.ok)).toEqual([]);
      expect(findings.length).toBeGreaterThan(3);
    });

    it('declares how it would prevent duplicates, and how long a write may stay in doubt', () => {
      expect(Object.keys(bench.vendor.means).length).toBeGreaterThan(0);
      for (const means of Object.values(bench.vendor.means)) expect(WRITE_GUARANTEES).toContain(means);
      expect(bench.vendor.settlingMs).toEqual(expect.any(Number));
    });
  });
}
