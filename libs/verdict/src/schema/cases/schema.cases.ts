import type { Severity } from '../../change.js';
import type { RuleName } from '../rules.js';

/** One change as a case expects it: `breaking type-narrowed`. */
export type Told = `${Severity} ${RuleName}`;

/** One edit of a schema, and what is to be told of it in each direction, in any order. */
export interface SchemaCase {
  name: string;
  why: string;
  base: unknown;
  revision: unknown;
  request: readonly Told[];
  response: readonly Told[];
  /** OpenAPI's versions of both documents; 3.1 unless it says otherwise. */
  versions: readonly [string, string];
  /** Further components, where `#/components/schemas/…` leads. */
  components: readonly [Record<string, unknown>, Record<string, unknown>];
}

type Expected = 'none' | Told | readonly Told[];

/** A case of 3.1, or of the versions and with the components that are given. */
export function edit(
  name: string,
  why: string,
  [base, revision]: readonly [unknown, unknown],
  [request, response]: readonly [Expected, Expected],
  more: Partial<Pick<SchemaCase, 'versions' | 'components'>> = {},
): SchemaCase {
  const list = (expected: Expected): readonly Told[] => (expected === 'none' ? [] : typeof expected === 'string' ? [expected] : expected);
  return { name, why, base, revision, request: list(request), response: list(response), versions: ['3.1.0', '3.1.0'], components: [{}, {}], ...more };
}

/** `{ a: schema }` as an object's only property. */
export function having(property: unknown, more: Record<string, unknown> = {}): Record<string, unknown> {
  return { type: 'object', properties: { a: property }, ...more };
}

export const V30: Pick<SchemaCase, 'versions'> = { versions: ['3.0.3', '3.0.3'] };
export const V30_TO_31: Pick<SchemaCase, 'versions'> = { versions: ['3.0.3', '3.1.0'] };

export function named(base: Record<string, unknown>, revision = base): Pick<SchemaCase, 'components'> {
  return { components: [base, revision] };
}

export function ref(name: string): { $ref: string } {
  return { $ref: `#/components/schemas/${name}` };
}

/** `if`, `then` and `else`; made of a list, since an object with a `then` is taken for a promise. */
export function when(test: unknown, met: unknown, unmet?: unknown): Record<string, unknown> {
  const parts = [
    ['if', test],
    ['then', met],
    ['else', unmet],
  ];
  return Object.fromEntries(parts.filter(([, schema]) => schema !== undefined)) as Record<string, unknown>;
}
