import { describe, expect, it } from 'vitest';
import { Bench, type ErpWorld } from './bench.fixture.js';

/** What every ERP must publish about values that are referred to. */
export function referenceDataConformance(name: string, world: ErpWorld): void {
  describe(`reference data in ${name}`, () => {
    const bench = new Bench(world);
    it('lists reference data', async () => {
      const [entities, taxCodes] = await Promise.all([
        bench.vendor.referenceData.values('legal-entity'),
        bench.vendor.referenceData.values('tax-code'),
      ]);
      expect(entities.items).toContainEqual(
        expect.objectContaining({ code: 'LF-UK', active: true, attributes: expect.objectContaining({ currency: 'GBP', country: 'GB' }) }),
      );
      expect(taxCodes.items.map(({ code }) => code)).toContain('GB-S20');
    });
  });
}
