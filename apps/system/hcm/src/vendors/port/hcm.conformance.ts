import { describe, expect, it } from 'vitest';
import { Bench, type HcmWorld } from './bench.fixture.js';
import { costRatesConformance } from './cost-rates.conformance.js';
import { failuresConformance } from './failures.conformance.js';
import { workersConformance } from './workers.conformance.js';

/** All suites for a vendor. Checks that a missing ability is answered as unsupported. */
export function hcmConformance(name: string, world: HcmWorld): void {
  describe(`${name} as an HCM`, () => {
    const bench = new Bench(world);
    workersConformance(bench);
    costRatesConformance(bench);
    failuresConformance(bench);

    describe('checking a tenant', () => {
      it('can do what its spec says that it can', () => {
        expect(bench.connect().abilities.toSorted()).toEqual(bench.world.abilities.toSorted());
      });

      it('finds everything there', async () => {
        const findings = await bench.connect().check();
        expect(findings.filter(finding => !finding.ok)).toEqual([]);
        expect(findings.length).toBeGreaterThan(5);
      });

      it('says in a sentence that the log-in is refused', async () => {
        const findings = await bench.connect({ wrongCredentials: true }).check();
        expect(findings[0]).toMatchObject({ ok: false, say: expect.stringMatching(/refused the log-in/) });
      });
    });
  });
}
