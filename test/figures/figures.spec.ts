import { expect, it } from 'vitest';
import { figuresOf } from './figures.js';
import { sourceOf } from './sources.js';

const ENVELOPE = 'const event = { source, type, key, time, data };\n';
const COLUMNS = 'const row = { since, revision, workerId, workDate, postedAt, exceptionId };\n';

const figures = figuresOf(
  [
    sourceOf('apps/process/orders/src/orders.ts', ENVELOPE + COLUMNS + '\n'.repeat(300)),
    sourceOf('apps/process/orders/src/orders.spec.ts', ENVELOPE + COLUMNS + `const name = 'acme';\n` + '\n'.repeat(300)),
    sourceOf('apps/process/orders/src/orders.migrations.ts', COLUMNS + `const name = 'acme';\n`),
    sourceOf('apps/system/psa/src/vendors/acme/acme.vendor.ts', 'a;\nb;\n'),
    sourceOf('apps/system/psa/src/vendors/acme/acme.mapper.ts', 'c;\n'),
    sourceOf('apps/system/psa/src/vendors/acme/acme.spec.ts', 'd;\n'),
    sourceOf('apps/system/psa/src/vendors/psa.conformance.ts', 'function suite() {\n\n}\n'),
    sourceOf('apps/system/psa/src/psa.module.ts', 'function module() {\n\n\n}\n'),
  ],
  [],
  [],
);
const value = (name: string) => figures.find(figure => figure.name === name)?.value;

it('leaves test code out of what the product must have less of', () => {
  expect([value('hand-built event envelopes'), value('vendors’ names outside their rooms')]).toEqual([1, 1]);
});

it('leaves migrations out of the places where columns are written', () => {
  expect(value('places of a billing line’s columns')).toBe(1);
});

it('sums up each vendor’s folder, without its specs', () => {
  expect(value('lines of vendors/acme')).toBe(3);
});

it('measures functions in conformance suites only, and the length of every file', () => {
  expect([value('lines of the longest conformance function'), value('files over 300 lines')]).toEqual([3, 2]);
});
