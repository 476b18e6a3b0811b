import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc, { type Arbitrary } from 'fast-check';
import {
  buildSchema,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLObjectType,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import { forgedCursor, nastyText } from './nasty.js';

const TOP = join(import.meta.dirname, '../../..');
const schema = buildSchema(readFileSync(join(TOP, 'apps/experience/portal/schema.graphql'), 'utf8'));
const DEEPEST = 7;

/** Picks by numbers that fast-check draws, so that a document comes again from its seed. */
class Draw {
  #at = 0;

  constructor(
    private readonly numbers: number[],
    private readonly texts: string[],
  ) {}

  below(n: number): number {
    return this.numbers[this.#at++ % this.numbers.length] % n;
  }

  text(): string {
    return this.texts[this.#at++ % this.texts.length];
  }
}

function valueOf(type: GraphQLInputType, draw: Draw, depth = 0): string {
  if (isNonNullType(type)) return valueOf(type.ofType, draw, depth);
  if (draw.below(12) === 0) return ['null', '[]', '{}', '"x"', '1e99', '-1', 'NOPE', '$missing'][draw.below(8)];
  if (isListType(type)) return `[${Array.from({ length: draw.below(4) }, () => valueOf(type.ofType, draw, depth + 1)).join(', ')}]`;
  if (isEnumType(type)) return type.getValues()[draw.below(type.getValues().length)].name;
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields()).filter(() => depth < 4 && draw.below(3) === 0);
    return `{${fields.map(field => `${field.name}: ${valueOf(field.type, draw, depth + 1)}`).join(', ')}}`;
  }
  switch (type.name) {
    case 'Int':
      return String([0, 1, 2, 50, 200, 201, 2_147_483_647, -1][draw.below(8)]);
    case 'Float':
      return '1.5';
    case 'Boolean':
      return draw.below(2) ? 'true' : 'false';
    default:
      return JSON.stringify(draw.text());
  }
}

function selectionOf(type: GraphQLObjectType, draw: Draw, depth: number): string {
  const fields = Object.values(type.getFields());
  const wanted = Array.from({ length: 1 + draw.below(depth === 0 ? 4 : 3) }, () => fields[draw.below(fields.length)]);
  const parts = wanted.map((field, n) => {
    const alias = draw.below(3) === 0 ? `a${depth}_${n}: ` : '';
    const times = draw.below(40) === 0 ? draw.below(200) : 1;
    const one = fieldOf(field, draw, depth);
    return Array.from({ length: times }, (_, again) => (again === 0 ? alias + one : `r${depth}_${n}_${again}: ${one}`)).join(' ');
  });
  if (draw.below(6) === 0)
    parts.push(['__typename', `...on ${type.name} { __typename }`, '...F', '@skip(if: true)', 'id @include(if: $b)'][draw.below(5)]);
  return `{ ${parts.join(' ')} }`;
}

function fieldOf(field: GraphQLField<unknown, unknown>, draw: Draw, depth: number): string {
  const given = field.args.filter(arg => isNonNullType(arg.type) || draw.below(2) === 0);
  const args = given.length > 0 ? `(${given.map(arg => `${arg.name}: ${valueOf(arg.type, draw)}`).join(', ')})` : '';
  const named = getNamedType(field.type);
  if (!isObjectType(named)) return field.name + args;
  return `${field.name}${args} ${depth < DEEPEST ? selectionOf(named, draw, depth + 1) : '{ __typename }'}`;
}

const draw = fc
  .tuple(fc.array(fc.nat(), { minLength: 200, maxLength: 200 }), fc.array(fc.oneof(nastyText, forgedCursor), { minLength: 20, maxLength: 20 }))
  .map(([numbers, texts]) => new Draw(numbers, texts));

const INTROSPECTION = fc
  .tuple(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 60 }))
  .map(([a, b]) => `{ ${times(a, n => `s${n}: __schema { types { ${times(b, m => `f${m}: fields { name }`)} } }`)} }`);
const FRAGMENTS = fc
  .integer({ min: 1, max: 24 })
  .map(n => `{ ...f0 } ${times(n, i => `fragment f${i} on Query { ...f${i + 1} ...f${i + 1} }`)} fragment f${n} on Query { __typename }`);
const CYCLES = fc.constantFrom(
  '{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }',
  'subscription { x }',
  'query a { __typename } query b { __typename }',
  '',
);
const times = (n: number, make: (i: number) => string): string => Array.from({ length: n }, (_, i) => make(i)).join(' ');

const kinds = (['Query', 'Mutation'] as const).flatMap(name => (schema.getType(name) ? [schema.getType(name) as GraphQLObjectType] : []));

/** Documents of the portal's own schema, whole and mangled. */
export const anyDocument: Arbitrary<string> = fc.oneof(
  { weight: 10, arbitrary: draw.map(d => selectionOf(kinds[0], d, 0)) },
  { weight: 2, arbitrary: draw.map(d => `mutation ${selectionOf(kinds.at(-1)!, d, 0)}`) },
  { weight: 2, arbitrary: draw.map(d => `query ($b: Boolean = true) ${selectionOf(kinds[0], d, 0)} fragment F on Query { __typename ...F }`) },
  { weight: 2, arbitrary: fc.tuple(draw, fc.nat(200)).map(([d, cut]) => selectionOf(kinds[0], d, 0).slice(cut)) },
  { weight: 1, arbitrary: INTROSPECTION },
  { weight: 1, arbitrary: FRAGMENTS },
  { weight: 1, arbitrary: CYCLES },
);
