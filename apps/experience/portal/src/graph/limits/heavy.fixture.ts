/**
 * Documents that once kept the portal busy for long, and similar ones, in any size. Size 1 is about
 * the original size.
 */
export interface Heavy {
  query: string;
  /** As JSON text, because some are too deep for JSON.stringify. */
  variables?: string;
}

const times = (n: number, made: (i: number) => string): string => Array.from({ length: Math.round(n) }, (_, i) => made(i)).join(' ');

/**
 * Fragments that each spread the next one twice: short as text, but their expansion doubles with
 * each.
 */
const doubling = (n: number, type: string, own: string): string =>
  times(n, i => `fragment F${i} on ${type} { ${own} ${i + 1 < Math.round(n) ? `...F${i + 1} ...F${i + 1}` : ''} }`);

export const HEAVY: Record<string, (size: number) => Heavy> = {
  'fragments that each spread the next one twice': size => ({
    query: `{ customers(first: 1) { nodes { ...F0 } } } ${doubling(24 * size, 'Customer', 'name')}`,
  }),
  'such fragments of a connection': size => ({
    query: `{ customers(first: 200) { ...F0 } } ${doubling(24 * size, 'CustomerConnection', 'nodes { name }')}`,
  }),
  'such fragments of the schema': size => ({
    query: `{ __schema { types { ...F0 } } } ${doubling(24 * size, '__Type', 'name')}`,
  }),
  'connections within each other': size => ({
    query: `{ customers { nodes ${'{ deals { nodes { customer '.repeat(5 * size)} { id } ${'} } }'.repeat(5 * size)} } }`,
  }),
  'aliases of the schema within each other': size => ({
    query: `{ __schema { ${times(30 * size, i => `t${i}: types { ${times(30, j => `f${j}: fields { name }`)} }`)} } }`,
  }),
  'one type of the schema, of many names': size => ({
    query: `{ ${times(20 * size, i => `t${i}: __type(name: "Query") { ...F }`)} } fragment F on __Type { ${times(100, i => `f${i}: fields { args { name } }`)} }`,
  }),
  'aliases of scalars in many lists': size => ({
    query: `{ ${times(80 * size, i => `l${i}: deals { nodes { ...F } }`)} } fragment F on Deal { ${times(1_000, i => `i${i}: id`)} }`,
  }),
  'a long list given by a variable, used often': size => ({
    query: `query ($ids: [ID!]) { ${times(100, i => `d${i}: deals(first: ${i + 1}, filter: { ids: $ids }) { nodes { id } }`)} }`,
    variables: JSON.stringify({ ids: Array.from({ length: 60_000 * size }, (_, i) => `dea_${i}`) }),
  }),
  'a list that is allowed, used for every row': size => ({
    query: `query ($ids: [ID!]) { customers(first: 200) { nodes { ${times(10 * size, i => `d${i}: deals(first: 1, filter: { ids: $ids }) { totalCount { value } }`)} } } }`,
    variables: JSON.stringify({ ids: Array.from({ length: 1_000 }, (_, i) => `dea_${i}`) }),
  }),
  'a long text, used for every row': size => ({
    query: `query ($t: String) { customers(first: 200) { nodes { ${times(40 * size, i => `e${i}: deals(first: 1, filter: { text: $t }) { totalCount { value } }`)} } } }`,
    variables: JSON.stringify({ t: 'a'.repeat(8_000) }),
  }),
  'a variable of great depth': size => ({
    query: 'query ($f: DealFilter) { deals(filter: $f) { nodes { id } } }',
    variables: `{"f":${'['.repeat(5_000 * size)}${']'.repeat(5_000 * size)}}`,
  }),
  'a value of great depth': size => ({
    query: `{ deals(filter: { ids: ${'['.repeat(2_000 * size)}${']'.repeat(2_000 * size)} }) { nodes { id } } }`,
  }),
  'selections of great depth': size => ({ query: `{ ${'customers { nodes { deals { nodes { customer { '.repeat(100 * size)}` }),
  'inline fragments of great depth': size => ({ query: `{ viewer { ${'... { '.repeat(500 * size)} roles ${'} '.repeat(500 * size)} } }` }),
  'the same directive many times': size => ({ query: `{ viewer { roles ${'@skip(if: false) '.repeat(10_000 * size)} } }` }),
  'a directive on each of many fields': size => ({ query: `{ viewer { ${times(450 * size, i => `r${i}: roles @include(if: true)`)} } }` }),
  'many operations': size => ({ query: times(700 * size, i => `query Q${i} { viewer { roles } }`) }),
  'many fragments': size => ({
    query: `{ viewer { ${times(400 * size, i => `...F${i}`)} } } ${times(400 * size, i => `fragment F${i} on Viewer { roles }`)}`,
  }),
  'the same field many times': size => ({ query: `{ ${'viewer { roles } '.repeat(1_000 * size)} }` }),
  'many words': size => ({ query: `{ viewer { ${'roles '.repeat(100_000 * size)} } }` }),
  'a long name': size => ({ query: `{ ${'x'.repeat(100_000 * size)} }` }),
  'many texts to find, each a statement': size => ({ query: `{ ${times(300 * size, i => `f${i}: find(text: "${i}") { id }`)} }` }),
  'many changes': size => ({
    query: `mutation { ${times(200 * size, i => `c${i}: retryException(id: "e${i}", reason: "again", idempotencyKey: "k${i}") { problems { kind } }`)} }`,
  }),
};
