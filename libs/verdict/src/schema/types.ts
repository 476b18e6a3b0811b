import { Kinds, namesOf } from './kinds.js';
import type { Pair } from './pair.js';
import type { View } from './view.js';

/** Says whether both allow something; if only one does, that is told. */
export function compareNever(pair: Pair): boolean {
  const { base, revision } = pair;
  if (!base.never && !revision.never) return true;
  if (!revision.never) pair.report('value-allowed', revision.place, 'may now have a value');
  if (!base.never) pair.report('value-refused', revision.place, 'can no longer have any value');
  return false;
}

export function compareTypes(pair: Pair): void {
  const { base, revision } = pair;
  const gone = base.kinds & ~revision.kinds;
  const come = revision.kinds & ~base.kinds;
  // Lists of values say by themselves which values of which types came and went.
  const listed = (base.values !== null && (gone === 0 || revision.values !== null)) || (revision.values !== null && come === 0);
  if (listed || (gone === 0 && come === 0)) return;
  const rule = gone === 0 ? 'type-widened' : come === 0 ? 'type-narrowed' : 'type-changed';
  pair.report(rule, pair.at('type'), `is now ${typed(revision)} (before: ${typed(base)})`);
}

/** Null, unless it goes or comes with all the types that a schema without a type allows. */
export function compareNull(pair: Pair): void {
  const { base, revision } = pair;
  if (base.acceptsNull === revision.acceptsNull) return;
  const at = pair.at(revision.with('nullable').length > 0 ? 'nullable' : 'type');
  if (revision.acceptsNull && !restricts(revision, base)) pair.report('null-allowed', at, 'may now be null');
  if (base.acceptsNull && !restricts(base, revision)) pair.report('null-refused', at, 'can no longer be null');
}

/** Says that a schema of any type is told to be restricted to types, values or alternatives. */
function restricts(open: View, restricted: View): boolean {
  if (open.kinds !== Kinds.any || open.values !== null) return false;
  return restricted.kinds !== Kinds.any || restricted.choices.length > open.choices.length;
}

function typed(view: View): string {
  if (view.kinds === Kinds.any) return 'of any type';
  return namesOf(view.kinds).join(' or ') || 'null';
}
