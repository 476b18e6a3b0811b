import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import { edited, instance, verdictOf, type Schema } from './schemas.fixture.js';

// An independent validator says which values both schemas take; the verdict may not overlook any.

const RUNS = Number(process.env.ORACLE_RUNS ?? 150);
const SEED = Number(process.env.ORACLE_SEED ?? 30);
const VALUES = 40;

vi.setConfig({ testTimeout: 180_000 });

const ajv = new Ajv2020({ strict: false, validateFormats: false, validateSchema: false, logger: false });

function accepts(schema: Schema): (value: unknown) => boolean {
  const validate = ajv.compile(schema) as (value: unknown) => boolean;
  ajv.removeSchema(schema);
  return validate;
}

const values = fc.array(instance, { minLength: VALUES, maxLength: VALUES });

it('calls a request breaking where a value was taken and is refused', () => {
  let apart = 0;
  fc.assert(
    fc.property(edited, values, (pair, some) => {
      const [before, now] = [accepts(pair.base), accepts(pair.revision)];
      const refused = some.find(value => before(value) && !now(value));
      if (refused === undefined) return;
      apart++;
      expect([refused, verdictOf(pair, 'request')]).toEqual([refused, 'breaking']);
    }),
    { numRuns: RUNS, seed: SEED },
  );
  // Edits that no value tells apart would prove nothing.
  expect(apart).toBeGreaterThan(RUNS / 20);
});

it('calls an answer breaking, or warns, where a value comes that could not', () => {
  let apart = 0;
  fc.assert(
    fc.property(edited, values, (pair, some) => {
      const [before, now] = [accepts(pair.base), accepts(pair.revision)];
      const other = some.find(value => now(value) && !before(value));
      if (other === undefined) return;
      apart++;
      expect(['breaking', 'warning'], JSON.stringify(other)).toContain(verdictOf(pair, 'response'));
    }),
    { numRuns: RUNS, seed: SEED },
  );
  // Edits that no value tells apart would prove nothing.
  expect(apart).toBeGreaterThan(RUNS / 20);
});
