import { describe, expect, it } from 'vitest';
import { SchemaComparison } from '../comparison.js';
import type { Way } from '../pair.js';
import { RULES } from '../rules.js';
import { SCHEMA_CASES } from './all.cases.js';
import type { SchemaCase } from './schema.cases.js';

const AT = '/components/schemas/Root';

function told({ base, revision, versions, components }: SchemaCase, direction: Way): string[] {
  const document = (at: 0 | 1, Root: unknown): unknown => ({ openapi: versions[at], components: { schemas: { ...components[at], Root } } });
  const comparison = new SchemaComparison(document(0, base), document(1, revision));
  const changes = comparison.compare(base, revision, { direction, operation: null, basePointer: AT, revisionPointer: AT, what: 'the body' });
  return changes.map(({ id, severity }) => `${severity} ${id.slice(direction.length + 1)}`).sort();
}

describe.each(['request', 'response'] as const)('what a %s’s schema may change', direction => {
  it.each(SCHEMA_CASES)('$name: $why', row => {
    expect(told(row, direction)).toEqual([...row[direction]].sort());
  });
});

it('has a case for each rule in each direction in which it tells anything', () => {
  const shown = new Set(
    SCHEMA_CASES.flatMap(row => [...row.request.map(told => `request ${told}`), ...row.response.map(told => `response ${told}`)]),
  );
  const rows = Object.entries(RULES).flatMap(([name, { request, response }]) =>
    [request && `request ${request} ${name}`, response && `response ${response} ${name}`].filter(row => row !== null),
  );
  expect(rows.filter(row => !shown.has(row) && !row.endsWith(' comparison-incomplete'))).toEqual([]);
});

it('has each case once, and at least 150', () => {
  expect(new Set(SCHEMA_CASES.map(({ name }) => name)).size).toBe(SCHEMA_CASES.length);
  expect(SCHEMA_CASES.length).toBeGreaterThanOrEqual(150);
});

it('takes fewer values as breaking in requests and as nothing bad in answers, and more the other way round', () => {
  const unlike = Object.entries(RULES).filter(([, { effect, request, response }]) => {
    if (effect === 'fewer') return request !== 'breaking' || response !== 'info';
    return effect === 'more' && (request !== 'info' || response === 'info');
  });
  expect(unlike).toEqual([]);
});
