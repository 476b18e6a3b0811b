import { Kinds, namesOf } from './kinds.js';
import { isObject, own } from './places.js';
import { additionalOf, arrayShape, objectShape, propertyOf } from './shapes.js';
import type { View } from './view.js';
import { canonical } from './words.js';

/** What one alternative is known by among others; looks a few levels deep and no further. */
export interface Likeness {
  view: View;
  /** All that it demands, a few levels deep: equal prints are the same alternative. */
  print: string;
  /** The component's name, or the title. */
  name: string | null;
  properties: ReadonlySet<string>;
  /** Properties that have one of a few values: what tells alternatives apart. */
  marks: ReadonlyMap<string, ReadonlySet<string>>;
}

const DEEPEST_PRINT = 3;
/** Views that a print looks at, so that a print of a large schema stays short. */
const MOST_VIEWS = 200;
const UNPRINTED = new Set([
  'title',
  'description',
  'example',
  'examples',
  'deprecated',
  'type',
  'enum',
  'const',
  'properties',
  'items',
  'nullable',
  '$defs',
]);
const MOST_MARKS = 20;
const COMPONENTS = new Set(['schemas', '$defs', 'definitions']);

const likenesses = new WeakMap<View, Likeness>();

export function likenessOf(view: View): Likeness {
  let likeness = likenesses.get(view);
  if (likeness === undefined) {
    const { declared } = objectShape(view);
    likeness = { view, print: printOf(view), name: nameOf(view), properties: new Set(declared.keys()), marks: marksOf(view) };
    likenesses.set(view, likeness);
  }
  return likeness;
}

/** Higher is more alike; null is that nothing can be both. */
export function alikeness(base: Likeness, revision: Likeness): number | null {
  if ((base.view.kinds & revision.view.kinds) === 0) return null;
  let score = base.view.kinds === revision.view.kinds ? 2 : 0;
  for (const [name, values] of base.marks) {
    const others = revision.marks.get(name);
    if (others === undefined) continue;
    if (![...values].some(value => others.has(value))) return null;
    score += 8;
  }
  if (base.name !== null && base.name === revision.name) score += 6;
  let shared = 0;
  for (const name of base.properties) if (revision.properties.has(name)) shared++;
  const all = base.properties.size + revision.properties.size - shared;
  return score + (all === 0 ? 1 : (4 * shared) / all);
}

/** Says that a schema stands among those that have a name. */
export function isComponent(view: View): boolean {
  return COMPONENTS.has(view.place.whole.parent?.segment ?? '');
}

/** The name that people know a schema by; null if it has none. */
export function nameOf(view: View): string | null {
  if (isComponent(view)) return view.place.whole.segment;
  const [title] = view.with('title');
  return typeof title?.value === 'string' ? title.value : null;
}

/** An alternative in a sentence. */
export function spokenOf(view: View): string {
  return nameOf(view) ?? (view.kinds === Kinds.any ? 'without a name' : namesOf(view.kinds).join(' or '));
}

function marksOf(view: View): Map<string, Set<string>> {
  const marks = new Map<string, Set<string>>();
  for (const name of objectShape(view).declared.keys()) {
    if (marks.size >= MOST_MARKS) break;
    const values = propertyOf(view, name)?.values;
    if (values !== null && values !== undefined && values.size <= MOST_MARKS) marks.set(name, new Set(values.keys()));
  }
  return marks;
}

function printOf(view: View): string {
  let left = MOST_VIEWS;
  const print = (at: View | null, depth: number): string => {
    if (at === null) return '-';
    if (depth === 0 || left-- <= 0) return `…${at.kinds}`;
    const parts: string[] = [`${at.kinds}${at.acceptsNull ? '?' : ''}`];
    if (at.values !== null) parts.push([...at.values.keys()].slice(0, MOST_MARKS).sort().join());
    const { declared, required } = objectShape(at);
    for (const name of [...declared.keys()].sort()) parts.push(`${name}:${print(propertyOf(at, name), depth - 1)}`);
    if (required.size > 0) parts.push(`!${[...required].sort().join()}`);
    if (declared.size > 0) parts.push(`*${print(additionalOf(at), depth - 1)}`);
    if ((at.kinds & Kinds.array) !== 0) parts.push(`[${print(arrayShape(at).rest, depth - 1)}`);
    for (const { branches, kind } of at.choices) {
      parts.push(
        `${kind}(${branches
          .slice(0, MOST_MARKS)
          .map(branch => print(at.views.of([branch]), depth - 1))
          .sort()
          .join('|')})`,
      );
    }
    parts.push(...scalarsOf(at));
    return `{${parts.join(' ')}}`;
  };
  return print(view, DEEPEST_PRINT);
}

/** Bounds and the like: what is no schema itself. */
function scalarsOf(view: View): string[] {
  const scalars = new Set<string>();
  for (const { value } of view.sources) {
    if (!isObject(value)) continue;
    for (const keyword of Object.keys(value)) {
      const says = own(value, keyword);
      if (!UNPRINTED.has(keyword) && typeof says !== 'object') scalars.add(`${keyword}=${canonical(says)}`);
    }
  }
  return [...scalars].sort();
}
