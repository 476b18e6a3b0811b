import { Kinds } from './kinds.js';
import { compareCount } from './numbers.js';
import type { Pair } from './pair.js';
import type { Place } from './places.js';
import { additionalOf, objectShape, propertyOf } from './shapes.js';
import type { View } from './view.js';
import { quoted } from './words.js';

export function compareObjects(pair: Pair): void {
  if (!pair.bothAllow(Kinds.object)) return;
  compareCount(pair, 'minProperties', 'minimum number of properties', { raised: 'min-properties-raised', lowered: 'min-properties-lowered' });
  compareCount(pair, 'maxProperties', 'maximum number of properties', { raised: 'max-properties-raised', lowered: 'max-properties-lowered' });
  const [before, now] = [objectShape(pair.base), objectShape(pair.revision)];
  const names = new Set([...before.declared.keys(), ...before.required, ...now.declared.keys(), ...now.required]);
  for (const name of names) compareProperty(pair, name);
  compareAdditional(pair);
  comparePatterns(pair);
  const [namesBefore, namesNow] = [pair.base.under('propertyNames'), pair.revision.under('propertyNames')];
  if (namesBefore !== null || namesNow !== null) pair.follow(namesBefore ?? pair.base.anything, namesNow ?? pair.revision.anything, '.{name}');
}

/** A property as one direction sees it. */
interface Property {
  view: View;
  required: boolean;
  /** It is in the schema, yet does not travel this way. */
  hidden: boolean;
}

function property(pair: Pair, view: View, name: string): Property | null {
  const shape = objectShape(view);
  const required = shape.required.has(name);
  if (!required && !shape.declared.has(name)) return null;
  const schema = propertyOf(view, name) ?? view.anything;
  const hidden = schema.says(pair.way === 'request' ? 'readOnly' : 'writeOnly', true);
  return schema.never ? null : { view: schema, required: required && !hidden, hidden };
}

function compareProperty(pair: Pair, name: string): void {
  const before = property(pair, pair.base, name);
  const now = property(pair, pair.revision, name);
  const label = `.${name}`;
  if (before !== null && now !== null && !before.hidden && !now.hidden) {
    pair.follow(before.view, now.view, label);
    compareRequired(pair, name, before.required, now.required);
  } else if (now !== null && !now.hidden) compareAdded(pair, name, now, before !== null);
  else if (before !== null && !before.hidden) {
    const hides = pair.way === 'request' ? 'property-became-read-only' : 'property-became-write-only';
    if (now !== null)
      pair.report(hides, now.view.place, pair.way === 'request' ? 'is no longer accepted, only sent' : 'is no longer sent, only accepted', label);
    else compareRemoved(pair, name, before);
  }
}

function compareAdded(pair: Pair, name: string, now: Property, declared: boolean): void {
  const label = `.${name}`;
  const at = placeOf(pair.revision, name);
  const others = additionalOf(pair.base);
  const before = declared ? null : propertyOf(pair.base, name);
  // Other properties had a schema: the new one is that property with a schema of its own.
  if (before !== null && !before.never && others !== null) {
    pair.follow(before, now.view, label);
    compareRequired(pair, name, false, now.required);
  } else if (now.required && (pair.way === 'request' || !others?.never)) {
    pair.report('required-property-added', at, pair.way === 'request' ? 'is new and required' : 'is new and always sent', label);
  } else if (others?.never) pair.report('property-added-to-closed', at, 'is new, where nothing else was to come', label);
  else pair.report('property-added', at, 'is new', label);
}

function compareRemoved(pair: Pair, name: string, before: Property): void {
  const label = `.${name}`;
  const now = propertyOf(pair.revision, name);
  if (now === null || now.never) {
    pair.report('property-removed', placeOf(pair.base, name), pair.way === 'request' ? 'is no longer accepted' : 'is no longer sent', label);
    return;
  }
  pair.follow(before.view, now, label);
  compareRequired(pair, name, before.required, false);
}

function compareRequired(pair: Pair, name: string, before: boolean, now: boolean): void {
  if (before === now) return;
  const at = placeOf(pair.revision, name);
  const request = pair.way === 'request';
  if (now) pair.report('property-became-required', at, request ? 'is now required' : 'is now always sent', `.${name}`);
  else pair.report('property-became-optional', at, request ? 'is no longer required' : 'may now be missing', `.${name}`);
}

/** A declared property stands at its schema; one that is only required, in the list of those. */
function placeOf(view: View, name: string): Place {
  return objectShape(view).declared.get(name)?.[0] ?? view.at('required');
}

function compareAdditional(pair: Pair): void {
  const [before, now] = [additionalOf(pair.base), additionalOf(pair.revision)];
  if (before === null && now === null) return;
  const [closed, closes] = [before?.never ?? false, now?.never ?? false];
  if (closed && closes) return;
  const keyword = [pair.base, pair.revision].some(view => view.with('unevaluatedProperties').length > 0)
    ? 'unevaluatedProperties'
    : 'additionalProperties';
  if (closes) pair.report('additional-properties-refused', pair.at(keyword), 'can no longer have properties that are not declared');
  else if (closed) pair.report('additional-properties-allowed', pair.at(keyword), 'may now have properties that are not declared');
  else pair.follow(before ?? pair.base.anything, now ?? pair.revision.anything, '.*');
}

function comparePatterns(pair: Pair): void {
  const [before, now] = [objectShape(pair.base).patterns, objectShape(pair.revision).patterns];
  for (const pattern of new Set([...before.keys(), ...now.keys()])) {
    const [was, is] = [before.get(pattern), now.get(pattern)];
    const label = `.{${pattern}}`;
    if (was !== undefined && is !== undefined) pair.follow(pair.base.views.of(was), pair.revision.views.of(is), label);
    else if (is !== undefined) {
      const rest = additionalOf(pair.base);
      if (rest === null) pair.report('pattern-properties-added', is[0], `now has a schema for properties with names like ${quoted(pattern)}`);
      else if (rest.never) pair.report('pattern-properties-allowed', is[0], `may now have properties with names like ${quoted(pattern)}`);
      else pair.follow(rest, pair.revision.views.of(is), label);
    } else if (was !== undefined) {
      const rest = additionalOf(pair.revision);
      if (rest === null)
        pair.report('pattern-properties-removed', was[0], `no longer has a schema for properties with names like ${quoted(pattern)}`);
      else if (rest.never) pair.report('pattern-properties-refused', was[0], `can no longer have properties with names like ${quoted(pattern)}`);
      else pair.follow(pair.base.views.of(was), rest, label);
    }
  }
}
