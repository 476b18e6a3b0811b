import { describe, expect, it } from 'vitest';
import { Bench, type ErpWorld } from './bench.fixture.js';
import { billingConformance } from './billing.conformance.js';
import { booksConformance } from './books.conformance.js';
import { customersConformance } from './customers.conformance.js';
import { failuresConformance } from './failures.conformance.js';
import { onceConformance } from './once.conformance.js';
import { projectsConformance } from './projects.conformance.js';
import { referenceDataConformance } from './reference-data.conformance.js';

/** All suites. Checks that a missing ability is answered as unsupported. */
export function erpConformance(name: string, world: ErpWorld): void {
  customersConformance(name, world);
  projectsConformance(name, world);
  referenceDataConformance(name, world);
  billingConformance(name, world);
  booksConformance(name, world);
  failuresConformance(name, world);
  onceConformance(name, world);
  checkConformance(name, world);
}

function checkConformance(name: string, world: ErpWorld): void {
  describe(`the check of ${name}`, () => {
    const bench = new Bench(world);

    it('states what it can do and how, and finds everything it needs', async () => {
      expect([...bench.vendor.abilities].sort()).toEqual([...world.abilities].sort());
      if (world.billing) expect(bench.vendor.billing!.means).toMatchObject(world.billing.means);
      const findings = await bench.vendor.check();
      expect(findings.filter(({ ok }) => !ok)).toEqual([]);
      expect(findings.length).toBeGreaterThan(5);
    });
  });
}
