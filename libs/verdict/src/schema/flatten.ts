import { isObject, own, type JsonObject, type Place } from './places.js';
import type { SchemaDocument } from './schema-document.js';

export interface Flat {
  sources: Place[];
  unresolved: { reference: string; place: Place }[];
}

const CHOICES = ['anyOf', 'oneOf'] as const;
/** What says nothing about values, nor to readers. */
const STRUCTURE = new Set([
  '$ref',
  '$dynamicRef',
  '$recursiveRef',
  'allOf',
  '$defs',
  'definitions',
  '$id',
  '$schema',
  '$anchor',
  '$dynamicAnchor',
  '$comment',
]);

/**
 * The schemas that hold together at some places: references are followed, `allOf` and choices of
 * one are taken apart. A reference to what is being taken apart adds nothing. Never empty.
 */
export function flatten(document: SchemaDocument, places: readonly Place[]): Flat {
  const flat: Flat = { sources: [], unresolved: [] };
  const seen = new Set<number>();
  const rest = [...places].reverse();
  let home: Place | undefined;
  for (let place = rest.pop(); place !== undefined; place = rest.pop()) {
    if (seen.has(place.id)) continue;
    seen.add(place.id);
    const { self, inner } = takeApart(document, place, flat.unresolved);
    if (inner.length === 0) home ??= place;
    if (self !== null) flat.sources.push(self);
    rest.push(...inner.reverse());
  }
  if (flat.sources.length === 0) flat.sources.push(home ?? places[0]);
  return flat;
}

function takeApart(document: SchemaDocument, place: Place, unresolved: Flat['unresolved']): { self: Place | null; inner: Place[] } {
  const schema = place.value;
  if (!isObject(schema)) return { self: schema === false ? place : null, inner: [] };
  const escapes = place.escapes || (document.dialect === '3.0' && nullable(schema));
  const escaped = (at: Place): Place => (escapes && !at.escapes ? document.part(at, 'or null', at.value, true) : at);

  const inner: Place[] = [];
  const follow = (keyword: string): void => {
    const reference = own(schema, keyword);
    if (typeof reference !== 'string') return;
    const target = document.resolve(reference, place);
    if (target === null) unresolved.push({ reference, place });
    else inner.push(escaped(target));
  };
  follow('$ref');
  if (document.dialect === '3.0' && typeof own(schema, '$ref') === 'string') return { self: null, inner };
  follow('$dynamicRef');
  follow('$recursiveRef');
  const all = own(schema, 'allOf');
  if (Array.isArray(all)) inner.push(...all.map((_, index) => escaped(document.child(place, 'allOf', String(index)))));

  let self = place;
  for (const keyword of CHOICES) {
    const simple = simpleChoice(document, place, keyword);
    if (simple === null) continue;
    inner.push(...simple.map(escaped));
    self = document.part(self, `without ${keyword}`, without(self.value as JsonObject, keyword), escapes);
  }
  const says = Object.keys(self.value as JsonObject).some(keyword => !STRUCTURE.has(keyword));
  return { self: says ? escaped(self) : null, inner };
}

/** OpenAPI 3.0: null is allowed beside the type, yet a list of values has to name it. */
function nullable(schema: JsonObject): boolean {
  if (own(schema, 'nullable') !== true) return false;
  const values = own(schema, 'enum');
  return !Array.isArray(values) || values.includes(null);
}

/** What a choice comes to if it is none: one schema, one schema or null, or a list of values. */
function simpleChoice(document: SchemaDocument, place: Place, keyword: 'anyOf' | 'oneOf'): Place[] | null {
  const list = own(place.value, keyword);
  if (!Array.isArray(list) || list.length === 0) return null;
  const branches = list.map((_, index) => document.child(place, keyword, String(index)));
  const values = branches.map(branch => onlyValues(branch.value));
  if (values.every(some => some !== null)) {
    const all = values.flat();
    const allowed = keyword === 'oneOf' && new Set(all.map(value => JSON.stringify(value))).size < all.length ? null : { enum: all };
    if (allowed !== null) return [document.part(document.child(place, keyword), 'values', allowed, false)];
  }
  const others = branches.filter(branch => !isNull(document, branch));
  if (others.length !== 1) return null;
  const [other] = others;
  return [others.length === branches.length || other.escapes ? other : document.part(other, 'or null', other.value, true)];
}

const WORDS = new Set(['title', 'description', 'example', 'examples', 'deprecated']);

/** The values of a schema that is nothing but a list of them, or one. */
function onlyValues(schema: unknown): unknown[] | null {
  if (!isObject(schema)) return null;
  const keywords = Object.keys(schema).filter(keyword => !WORDS.has(keyword) && !keyword.startsWith('x-'));
  if (keywords.length !== 1) return null;
  const [keyword] = keywords;
  const value = schema[keyword];
  if (keyword === 'const') return [value];
  return keyword === 'enum' && Array.isArray(value) ? value : null;
}

/** Says that a branch is null and nothing else; some references are followed. */
function isNull(document: SchemaDocument, branch: Place): boolean {
  let place = branch;
  for (let steps = 0; steps < 8; steps++) {
    const reference = own(place.value, '$ref');
    const target = typeof reference === 'string' ? document.resolve(reference, place) : null;
    if (target === null) break;
    place = target;
  }
  const type = own(place.value, 'type');
  if (type === 'null' || (Array.isArray(type) && type.length === 1 && type[0] === 'null')) return true;
  const values = onlyValues(place.value);
  return values !== null && values.length > 0 && values.every(value => value === null);
}

function without(schema: JsonObject, keyword: string): JsonObject {
  return Object.fromEntries(Object.entries(schema).filter(([name]) => name !== keyword));
}
