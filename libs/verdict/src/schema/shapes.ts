import { isObject, own, type Place } from './places.js';
import type { View } from './view.js';

/** What a schema demands of properties by name, of those that it does not name itself. */
interface Guard {
  source: Place;
  patterns: { pattern: RegExp | null; place: Place }[];
  additional: Place | null;
}

/** What a view says about an object. */
export interface ObjectShape {
  /** Schemas of the declared properties; all of one name hold. */
  declared: ReadonlyMap<string, readonly Place[]>;
  required: ReadonlySet<string>;
  /** By their text. */
  patterns: ReadonlyMap<string, readonly Place[]>;
  guards: readonly Guard[];
  unevaluated: readonly Place[];
}

/** What a view says about an array, by position. */
export interface ArrayShape {
  /** Positions with a schema of their own. */
  listed: number;
  at: (index: number) => View | null;
  rest: View | null;
}

const objectShapes = new WeakMap<View, ObjectShape>();

export function objectShape(view: View): ObjectShape {
  const known = objectShapes.get(view);
  if (known !== undefined) return known;
  const { document } = view.views;
  const declared = new Map<string, Place[]>();
  const patterns = new Map<string, Place[]>();
  const required = new Set<string>();
  const guards: Guard[] = [];
  const unevaluated: Place[] = [];
  for (const source of view.sources) {
    const schema = source.value;
    if (!isObject(schema)) continue;
    const each = (keyword: string, into: Map<string, Place[]>): void => {
      const inner = own(schema, keyword);
      if (!isObject(inner)) return;
      for (const name of Object.keys(inner)) add(into, name, document.child(source, keyword, name));
    };
    each('properties', declared);
    each('patternProperties', patterns);
    const names = own(schema, 'required');
    if (Array.isArray(names)) for (const name of names) if (typeof name === 'string') required.add(name);
    const byPattern = own(schema, 'patternProperties');
    const additional = own(schema, 'additionalProperties') === undefined ? null : document.child(source, 'additionalProperties');
    if (isObject(byPattern) || additional !== null) {
      guards.push({
        source,
        additional,
        patterns: Object.keys(isObject(byPattern) ? byPattern : {}).map(text => ({
          pattern: expression(text),
          place: document.child(source, 'patternProperties', text),
        })),
      });
    }
    if (own(schema, 'unevaluatedProperties') !== undefined) unevaluated.push(document.child(source, 'unevaluatedProperties'));
  }
  const shape: ObjectShape = { declared, required, patterns, guards, unevaluated };
  objectShapes.set(view, shape);
  return shape;
}

/** All that is demanded of a property; null if that is nothing. */
export function propertyOf(view: View, name: string): View | null {
  const shape = objectShape(view);
  const places = [...(shape.declared.get(name) ?? [])];
  let evaluated = places.length > 0;
  for (const { source, patterns, additional } of shape.guards) {
    const matching = patterns.filter(({ pattern }) => pattern !== null && name.length <= LONGEST_NAME && pattern.test(name));
    places.push(...matching.map(({ place }) => place));
    const itself = own(own(source.value, 'properties'), name) !== undefined;
    if (matching.length > 0) evaluated = true;
    else if (!itself && additional !== null) {
      places.push(additional);
      evaluated = true;
    }
  }
  if (!evaluated) places.push(...shape.unevaluated);
  return places.length === 0 ? null : view.views.of(places);
}

/** What is demanded of properties that nothing names; null if that is nothing. */
export function additionalOf(view: View): View | null {
  const shape = objectShape(view);
  const additional = shape.guards.flatMap(guard => (guard.additional === null ? [] : [guard.additional]));
  const places = additional.length > 0 ? additional : shape.unevaluated;
  if (places.length === 0) return null;
  const rest = view.views.of(places);
  return allowsAnything(rest) ? null : rest;
}

export function arrayShape(view: View): ArrayShape {
  const { document } = view.views;
  const lists: { prefix: Place[]; rest: Place | null }[] = [];
  const unevaluated: Place[] = [];
  for (const source of view.sources) {
    const items = own(source.value, 'items');
    // Drafts before 2020-12 have the list in `items`, and the rest in `additionalItems`.
    const [listKeyword, restKeyword] = Array.isArray(items) ? ['items', 'additionalItems'] : ['prefixItems', 'items'];
    const list = own(source.value, listKeyword);
    const prefix = Array.isArray(list) ? list.map((_, index) => document.child(source, listKeyword, String(index))) : [];
    const rest = own(source.value, restKeyword) === undefined ? null : document.child(source, restKeyword);
    if (prefix.length > 0 || rest !== null) lists.push({ prefix, rest });
    if (own(source.value, 'unevaluatedItems') !== undefined) unevaluated.push(document.child(source, 'unevaluatedItems'));
  }
  const listed = Math.max(0, ...lists.map(({ prefix }) => prefix.length));
  const at = (index: number): View | null => {
    const places = lists.flatMap(({ prefix, rest }) => prefix[index] ?? rest ?? []);
    const all = places.length > 0 ? places : unevaluated;
    return all.length === 0 ? null : view.views.of(all);
  };
  return { listed, at, rest: at(Infinity) };
}

/** Only for a schema that plainly does; a schema that comes to the same in another way is compared. */
export function allowsAnything(view: View): boolean {
  return view.sources.every(({ value }) => value === true || (isObject(value) && Object.keys(value).length === 0));
}

/** Names that are longer are not tried: a pattern's time may grow with a power of the length. */
const LONGEST_NAME = 100;
const LONGEST_PATTERN = 200;
const MOST_REPETITIONS = 3;

/**
 * A pattern that names can be tried against. A document's pattern may be made to take for ever: one
 * that repeats a group, or repeats often, matches no name here, and neither does what is no pattern.
 */
function expression(text: string): RegExp | null {
  const repetitions = text.match(/[*+{]/g)?.length ?? 0;
  if (text.length > LONGEST_PATTERN || repetitions > MOST_REPETITIONS || /\)[*+{]/.test(text)) return null;
  try {
    return new RegExp(text, 'u');
  } catch {
    return null;
  }
}

function add(into: Map<string, Place[]>, name: string, place: Place): void {
  const known = into.get(name);
  if (known === undefined) into.set(name, [place]);
  else known.push(place);
}
