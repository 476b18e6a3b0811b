import { Kinds } from './kinds.js';
import { likenessOf } from './likeness.js';
import { match } from './matching.js';
import { overlay } from './overlay.js';
import type { Pair } from './pair.js';
import { isObject, own } from './places.js';
import type { View } from './view.js';
import { quoted } from './words.js';

/** Schemas that hold in some cases only: `not`, `if`, and what depends on a property. */
export function compareConditions(pair: Pair): void {
  compareNegations(pair);
  compareIf(pair);
  if (!pair.bothAllow(Kinds.object)) return;
  compareDependentRequired(pair);
  compareDependentSchemas(pair);
}

function compareNegations(pair: Pair): void {
  const { both, gone, come } = match(parts(pair.base, 'not'), parts(pair.revision, 'not'), {
    print: view => likenessOf(view).print,
    alike: () => 1,
  });
  for (const view of come) pair.report('exclusion-widened', view.place, 'now has excluded values');
  for (const view of gone) pair.report('exclusion-narrowed', view.place, 'no longer has the excluded values that it had');
  for (const { base, revision } of both) {
    pair.weigh({
      base,
      revision,
      turns: 'opposite',
      told: effect => {
        const rule = ({ fewer: 'exclusion-widened', more: 'exclusion-narrowed', both: 'exclusion-changed' } as const)[effect];
        return { rule, place: revision.place, label: '', predicate: 'has other excluded values than before' };
      },
    });
  }
}

function parts(view: View, keyword: string): View[] {
  return view.with(keyword).map(({ place }) => view.views.of([view.views.document.child(place, keyword)]));
}

interface Condition {
  test: View;
  met: View | null;
  unmet: View | null;
}

function conditionsOf(view: View): Condition[] {
  return view.sources.flatMap(source => {
    const part = (keyword: string): View | null =>
      own(source.value, keyword) === undefined ? null : view.views.of([view.views.document.child(source, keyword)]);
    const [test, met, unmet] = [part('if'), part('then'), part('else')];
    return test === null || (met === null && unmet === null) ? [] : [{ test, met, unmet }];
  });
}

function compareIf(pair: Pair): void {
  const print = (view: View | null): string => (view === null ? '' : likenessOf(view).print);
  const { both, gone, come } = match(conditionsOf(pair.base), conditionsOf(pair.revision), {
    print: ({ test, met, unmet }) => [test, met, unmet].map(print).join(' '),
    alike: (a, b) => Number(print(a.test) === print(b.test)) * 2 + Number(print(a.met) === print(b.met)),
  });
  for (const { test } of come) pair.report('condition-added', test.place, 'now has a condition');
  for (const { test } of gone) pair.report('condition-removed', test.place, 'no longer has a condition');
  for (const { base, revision } of both) {
    const at = revision.test.place;
    const told = { rule: 'condition-changed', place: at, label: '', predicate: 'has another condition' } as const;
    pair.weigh({ base: base.test, revision: revision.test, turns: 'both', told: () => told });
    for (const part of ['met', 'unmet'] as const) {
      const [was, is] = [base[part], revision[part]];
      if (was !== null || is !== null) overlay(pair, was ?? base.test.anything, is ?? revision.test.anything);
    }
  }
}

function compareDependentRequired(pair: Pair): void {
  const [before, now] = [dependentOf(pair.base), dependentOf(pair.revision)];
  for (const [trigger, names] of now) {
    const come = [...names].filter(name => !before.get(trigger)?.has(name));
    for (const name of come)
      pair.report('dependent-required-added', pair.revision.at('dependentRequired'), `is now required beside ${quoted(trigger)}`, `.${name}`);
  }
  for (const [trigger, names] of before) {
    const gone = [...names].filter(name => !now.get(trigger)?.has(name));
    for (const name of gone)
      pair.report('dependent-required-removed', pair.at('dependentRequired'), `is no longer required beside ${quoted(trigger)}`, `.${name}`);
  }
}

/** By property, what has to be there beside it and is not required anyway. */
function dependentOf(view: View): Map<string, Set<string>> {
  const required = new Set(view.with('required').flatMap(({ value }) => (Array.isArray(value) ? (value as unknown[]) : [])));
  const dependent = new Map<string, Set<string>>();
  for (const { value } of view.with('dependentRequired')) {
    if (!isObject(value)) continue;
    for (const [trigger, names] of Object.entries(value)) {
      if (!Array.isArray(names)) continue;
      const known = dependent.get(trigger) ?? new Set();
      for (const name of names) if (typeof name === 'string' && !required.has(name)) known.add(name);
      dependent.set(trigger, known);
    }
  }
  return dependent;
}

function compareDependentSchemas(pair: Pair): void {
  const [before, now] = [schemasOf(pair.base), schemasOf(pair.revision)];
  for (const trigger of new Set([...before.keys(), ...now.keys()])) {
    const [was, is] = [before.get(trigger), now.get(trigger)];
    if (was !== undefined && is !== undefined) overlay(pair, was, is);
    else if (is !== undefined) pair.report('dependent-schema-added', is.place, `has further rules now where ${quoted(trigger)} is present`);
    else if (was !== undefined) pair.report('dependent-schema-removed', was.place, `no longer has further rules where ${quoted(trigger)} is present`);
  }
}

function schemasOf(view: View): Map<string, View> {
  const schemas = new Map<string, View>();
  const { document } = view.views;
  const triggers = new Set(view.with('dependentSchemas').flatMap(({ value }) => (isObject(value) ? Object.keys(value) : [])));
  for (const trigger of triggers) {
    const holding = view.with('dependentSchemas').filter(({ value }) => own(value, trigger) !== undefined);
    schemas.set(trigger, view.views.of(holding.map(({ place }) => document.child(place, 'dependentSchemas', trigger))));
  }
  return schemas;
}
