import { Kinds, SINGLE_KINDS } from './kinds.js';
import { alikeness, likenessOf, spokenOf } from './likeness.js';
import { match, type Matched } from './matching.js';
import { overlay } from './overlay.js';
import type { Pair } from './pair.js';
import type { Place } from './places.js';
import { objectShape, propertyOf } from './shapes.js';
import type { Choice, View } from './view.js';
import { listed } from './words.js';

/**
 * A choice against a schema without: the latter is one alternative for each of its types, and what
 * stands beside the choice holds for each alternative. Answers whether that is so.
 */
export function compareSpread(pair: Pair): boolean {
  const [before, now] = [pair.base.choices, pair.revision.choices];
  if (before.length === 0 && now.length === 1 && !untyped(pair.base)) {
    compareAlternatives(pair, kindsApart(pair.base), spread(pair.revision, now[0]), placeOf(pair.revision, now[0]));
    tellOverlaps(pair, now[0], { both: [], gone: [], come: alternatives(pair.revision, now[0]) });
    return true;
  }
  if (before.length === 1 && now.length === 0 && !untyped(pair.revision)) {
    compareAlternatives(pair, spread(pair.base, before[0]), kindsApart(pair.revision), placeOf(pair.base, before[0]));
    return true;
  }
  return false;
}

function compareAlternatives(pair: Pair, base: View[], revision: View[], at: Place): void {
  const matched = matchViews(base, revision);
  tellAlternatives(pair, matched, at, at);
  for (const { base: was, revision: is } of matched.both) pair.follow(was, is);
}

/** `anyOf` and `oneOf`; a choice of one, or of null and one, is none by now. */
export function compareChoices(pair: Pair): void {
  const [before, now] = [pair.base.choices, pair.revision.choices];
  if (before.length === 0 && now.length === 0) return;
  const { both, gone, come } = matchChoices(pair, before, now);
  for (const { base, revision } of both) compareChoice(pair, base, revision);
  for (const choice of come)
    pair.report('alternatives-introduced', placeOf(pair.revision, choice), `has to be one of ${spokenList(pair.revision, choice)} now`);
  for (const choice of gone)
    pair.report('alternatives-dropped', placeOf(pair.base, choice), `need no longer be one of ${spokenList(pair.base, choice)}`);
}

function compareChoice(pair: Pair, before: Choice, now: Choice): void {
  const [base, revision] = [alternatives(pair.base, before), alternatives(pair.revision, now)];
  const matched = matchViews(base, revision);
  tellAlternatives(pair, matched, placeOf(pair.base, before), placeOf(pair.revision, now));
  for (const { base: was, revision: is } of matched.both) overlay(pair, was, is);
  if (before.kind === 'oneOf') tellOverlaps(pair, now, matched);
  if (before.kind === now.kind || apart(before.kind === 'oneOf' ? revision : base)) return;
  if (now.kind === 'anyOf') pair.report('one-of-became-any-of', placeOf(pair.revision, now), 'may now fit several alternatives at once');
  else pair.report('any-of-became-one-of', placeOf(pair.revision, now), 'can no longer fit several alternatives at once');
}

/**
 * Tells of alternatives of which only one may fit that they may both fit now: one that came beside
 * another, or one of two that got wider. Where a discriminator chooses, it says which one is meant.
 */
function tellOverlaps(pair: Pair, now: Choice, { both, come }: Matched<View>): void {
  const all = [...both.map(({ revision }) => revision), ...come];
  if (now.kind !== 'oneOf' || apart(all) || pair.revision.with('discriminator').length > 0) return;
  const before = new Map(both.map(({ base, revision }) => [revision, base]));
  const came = new Set(come);
  const overlaps = all.some((view, at) =>
    all.slice(at + 1).some(other => {
      if (apart([view, other])) return false;
      const was = [before.get(view), before.get(other)].filter(one => one !== undefined);
      return came.has(view) || came.has(other) || (was.length === 2 && apart(was));
    }),
  );
  if (overlaps) pair.report('alternatives-overlap', placeOf(pair.revision, now), 'may fit several of its alternatives, of which only one may fit');
}

function tellAlternatives(pair: Pair, { gone, come }: Matched<View>, goneAt: Place, comeAt: Place): void {
  if (come.length > 0) pair.report('alternative-added', comeAt, `has the new alternative ${listed(come.map(spokenOf))}`);
  if (gone.length > 0) pair.report('alternative-removed', goneAt, `no longer has the alternative ${listed(gone.map(spokenOf))}`);
}

function matchViews(base: readonly View[], revision: readonly View[]): Matched<View> {
  return match(base, revision, { print: view => likenessOf(view).print, alike: (a, b) => alikeness(likenessOf(a), likenessOf(b)) });
}

/** Choices that hold together are told apart by what they offer. */
function matchChoices(pair: Pair, before: readonly Choice[], now: readonly Choice[]): Matched<Choice> {
  if (before.length === 1 && now.length === 1) return { both: [{ base: before[0], revision: now[0] }], gone: [], come: [] };
  const prints = new Map<Choice, string[]>();
  for (const [view, choices] of [
    [pair.base, before],
    [pair.revision, now],
  ] as const) {
    for (const choice of choices)
      prints.set(
        choice,
        alternatives(view, choice)
          .map(alternative => likenessOf(alternative).print)
          .sort(),
      );
  }
  return match(before, now, {
    print: choice => `${choice.kind} ${prints.get(choice)!.join()}`,
    alike: (a, b) => {
      const others = new Set(prints.get(b));
      return prints.get(a)!.filter(print => others.has(print)).length + Number(a.kind === b.kind) / 2;
    },
  });
}

/** The alternatives of a choice without null, which is compared by itself. */
function alternatives(view: View, choice: Choice): View[] {
  return choice.branches
    .map(branch => view.views.of([branch]))
    .filter(branch => branch.kinds !== 0)
    .map(branch => (branch.acceptsNull ? branch.only(branch.kinds) : branch));
}

/** Each alternative together with what holds for all, and for one type at a time. */
function spread(view: View, choice: Choice): View[] {
  const { document } = view.views;
  const common = view.sources.map(source =>
    source === choice.place
      ? document.part(source, `without ${choice.kind}`, { ...(source.value as object), [choice.kind]: undefined }, false)
      : source,
  );
  return choice.branches.flatMap(branch => kindsApart(view.views.of([branch, ...common])));
}

function kindsApart(view: View): View[] {
  return SINGLE_KINDS.filter(kind => (view.kinds & kind) !== 0).map(kind => {
    const kinds = view.kinds & kind;
    return kinds === view.kinds && !view.acceptsNull ? view : view.only(kinds);
  });
}

function untyped(view: View): boolean {
  return view.kinds === Kinds.any && view.values === null;
}

/** Says that no value fits two of them, as far as types and single values show. */
function apart(views: readonly View[]): boolean {
  let kinds = 0;
  const byKind = views.every(view => {
    const free = (kinds & view.kinds) === 0;
    kinds |= view.kinds;
    return free;
  });
  if (byKind) return true;
  const [first] = views;
  return [...likenessOf(first).marks.keys()].some(name => apartBy(views, name));
}

function apartBy(views: readonly View[], name: string): boolean {
  const seen = new Set<string>();
  return views.every(view => {
    const values = propertyOf(view, name)?.values;
    if (view.kinds !== Kinds.object || !values || !objectShape(view).required.has(name)) return false;
    const free = [...values.keys()].every(value => !seen.has(value));
    for (const value of values.keys()) seen.add(value);
    return free;
  });
}

function spokenList(view: View, choice: Choice): string {
  return listed(alternatives(view, choice).map(spokenOf));
}

function placeOf(view: View, choice: Choice): Place {
  return view.views.document.child(choice.place, choice.kind);
}
