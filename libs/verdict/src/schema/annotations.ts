import { KNOWN_KEYWORDS } from './keywords.data.js';
import { isObject } from './places.js';
import type { Pair } from './pair.js';
import type { View } from './view.js';
import { canonical, listed, quoted } from './words.js';

const WORDS = ['title', 'description', 'externalDocs'];

/** What binds nobody, and what only our own extensions say. */
export function compareAnnotations(pair: Pair): void {
  compareWords(pair);
  compareDeprecated(pair);
  compareSensitive(pair);
  compareExtensions(pair);
  if (texts(pair.base, 'xml').join() !== texts(pair.revision, 'xml').join()) {
    pair.report(
      'xml-changed',
      pair.at('xml'),
      `has another form in XML: ${listed(texts(pair.revision, 'xml'))} (before: ${listed(texts(pair.base, 'xml'))})`,
    );
  }
  compareReferences(pair);
}

function compareWords(pair: Pair): void {
  const changed = WORDS.filter(keyword => texts(pair.base, keyword).join() !== texts(pair.revision, keyword).join());
  if (examples(pair.base).join() !== examples(pair.revision).join()) changed.push('examples');
  if (changed.length === 0) return;
  const [first] = changed;
  const at = first === 'examples' && pair.revision.with('examples').length + pair.base.with('examples').length === 0 ? 'example' : first;
  pair.report('documentation-changed', pair.at(at), `is described in other words: ${changed.join(', ')}`);
}

function compareDeprecated(pair: Pair): void {
  const [before, now] = [pair.base.says('deprecated', true), pair.revision.says('deprecated', true)];
  if (now && !before) pair.report('deprecated', pair.at('deprecated'), 'is now deprecated');
  if (before && !now) pair.report('no-longer-deprecated', pair.at('deprecated'), 'is no longer deprecated');
}

function compareSensitive(pair: Pair): void {
  const [before, now] = [sensitive(pair.base), sensitive(pair.revision)];
  if (now && !before) pair.report('sensitive-added', pair.at('x-sensitive'), 'is now only sent to those who may see sensitive values');
  if (before && !now) pair.report('sensitive-removed', pair.at('x-sensitive'), 'is no longer sensitive');
}

/** Says whether a schema's values are kept from some: `false` is the same as nothing said. */
function sensitive(view: View): boolean {
  return view.with('x-sensitive').some(({ value }) => value !== false && value !== null);
}

function compareExtensions(pair: Pair): void {
  const names = new Set([...extensions(pair.base), ...extensions(pair.revision)]);
  for (const name of [...names].sort()) {
    const [before, now] = [texts(pair.base, name), texts(pair.revision, name)];
    if (before.join() === now.join()) continue;
    if (name === 'x-sensitive' && sensitive(pair.base) !== sensitive(pair.revision)) continue;
    const words = now.length === 0 ? `no longer has ${quoted(name)}` : `now has ${quoted(name)} ${listed(now)}`;
    pair.report('extension-changed', pair.at(name), `${words}${before.length === 0 ? '' : ` (before: ${listed(before)})`}`);
  }
}

function extensions(view: View): string[] {
  return view.sources.flatMap(({ value }) => (isObject(value) ? Object.keys(value).filter(name => !KNOWN_KEYWORDS.has(name)) : []));
}

/** References that lead nowhere; the same ones on both sides are taken to mean the same. */
function compareReferences(pair: Pair): void {
  const [before, now] = [pair.base.unresolved, pair.revision.unresolved];
  const known = new Set(before.map(({ reference }) => reference));
  const same = now.length === before.length && now.every(({ reference }) => known.has(reference));
  if (same) return;
  for (const { reference, place } of now.length > 0 ? now : before) {
    const where = now.length > 0 ? 'the revision' : 'the base';
    pair.report('reference-unresolvable', place, `refers to ${quoted(reference)}, which ${where} does not have`);
  }
}

/** What a keyword says at all places of a view, whatever their order. */
function texts(view: View, keyword: string): string[] {
  return [...new Set(view.with(keyword).map(({ value }) => canonical(value)))].sort();
}

/** `example` of OpenAPI 3.0 is one of the `examples` of 3.1. */
function examples(view: View): string[] {
  const lists = view
    .with('examples')
    .flatMap(({ value }) => (Array.isArray(value) ? (value as unknown[]) : Object.values(isObject(value) ? value : {})));
  const single = view.with('example').map(({ value }) => value);
  return [...new Set([...lists, ...single].map(value => canonical(value)))].sort();
}
