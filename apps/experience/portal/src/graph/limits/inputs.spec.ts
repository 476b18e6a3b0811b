import fc from 'fast-check';
import {
  buildSchema,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
  type GraphQLArgument,
  type GraphQLInputField,
  type GraphQLInputType,
} from 'graphql';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testPortal, type TestPortal } from '../../portal.fixture.js';

let portal: TestPortal;
beforeAll(async () => {
  portal = await testPortal();
});
afterAll(() => portal?.close());

const schema = buildSchema(readFileSync(new URL('../../../schema.graphql', import.meta.url), 'utf8'));

const TEXTS = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.constantFrom(
    '',
    ' ',
    '%',
    '_',
    '\\',
    "'",
    '$1',
    ':*',
    '& |',
    '!a',
    '<->',
    'a:b:c',
    '\0',
    '\ud800',
    '😀',
    'ﬃ',
    'İ',
    '½',
    '²',
    '{}',
    '__proto__',
    'constructor',
  ),
  fc.constantFrom(
    'worker:x:2026-W60',
    'worker:x:0000-W01',
    'worker:x:9999-W53',
    'project:x:2026-13',
    'project:x:0000-01',
    'project:x:9999-12',
    'worker::',
    'project:x:',
    'x'.repeat(200),
  ),
  fc.integer({ min: 100, max: 300 }).map(n => 'ä'.repeat(n)),
  fc.array(fc.constantFrom('der', 'Σ', 'x-y', '1', "o'b", '日本'), { maxLength: 80 }).map(words => words.join(' ')),
);

const LEAVES: Record<string, fc.Arbitrary<unknown>> = {
  Int: fc.constantFrom(-1, 0, 1, 50, 200, 201, 2 ** 31 - 1, 2 ** 31, 1.5, '1', null),
  Boolean: fc.constantFrom(true, false, null),
  BusinessDate: fc.constantFrom('2026-11-20', '0001-01-01', '9999-12-31', '2026-02-30', '0000-01-01', 'today', ''),
};

/** Valid values of `type`, and some that are nearly valid. */
function valuesOf(type: GraphQLInputType): fc.Arbitrary<unknown> {
  if (isNonNullType(type)) return valuesOf(type.ofType);
  if (isListType(type)) return fc.array(valuesOf(type.ofType), { maxLength: 3 });
  if (isEnumType(type)) return fc.constantFrom(...type.getValues().map(({ name }) => name));
  if (isInputObjectType(type)) return fieldsOf(Object.values(type.getFields()));
  return LEAVES[type.name] ?? TEXTS;
}

function fieldsOf(fields: readonly (GraphQLInputField | GraphQLArgument)[]): fc.Arbitrary<Record<string, unknown>> {
  const required = fields.filter(({ type, defaultValue }) => isNonNullType(type) && defaultValue === undefined).map(({ name }) => name);
  return fc.record(Object.fromEntries(fields.map(({ name, type }) => [name, valuesOf(type)])), { requiredKeys: required });
}

const QUESTIONS = Object.values(schema.getQueryType()!.getFields()).map(field => {
  const given = field.args.map(({ name, type }) => `$${name}: ${type.toString().replace(/^Int!$/, 'Int! = 50')}`).join(', ');
  const passed = field.args.map(({ name }) => `${name}: $${name}`).join(', ');
  const type = getNamedType(field.type);
  const isConnection = type.name.endsWith('Connection');
  const selected = isLeafType(type) ? '' : isConnection ? '{ pageInfo { endCursor } totalCount { value } }' : '{ __typename }';
  return {
    args: field.args,
    query: field.args.length === 0 ? `{ ${field.name} ${selected} }` : `query (${given}) { ${field.name}(${passed}) ${selected} }`,
  };
});

describe('any input of a caller', () => {
  it('is answered, or refused as the caller’s fault: it is never a defect here', async () => {
    const property = fc.asyncProperty(
      fc.constantFrom(...QUESTIONS).chain(({ args, query }) => fc.record({ query: fc.constant(query), variables: fieldsOf(args) })),
      async ({ query, variables }) => {
        const { errors = [] } = await portal.answer(query, undefined, variables);
        for (const { extensions } of errors) {
          expect({ query, variables, extensions }).toMatchObject({ extensions: { type: 'urn:throughline:problem:invalid' } });
        }
      },
    );
    await fc.assert(property, { numRuns: 150 });
  });
});
