import { Kinds, namesOf } from './kinds.js';
import type { Pair } from './pair.js';
import type { View } from './view.js';

/** Types and null. Answers whether there is anything further to compare. */
export function compareTypes(pair: Pair): boolean {
  const { base, revision } = pair;
  if (base.never || revision.never) {
    if (!revision.never) pair.report('value-allowed', revision.place.pointer, 'may now have a value');
    if (!base.never) pair.report('value-refused', revision.place.pointer, 'can no longer have any value');
    return false;
  }
  const gone = base.kinds & ~revision.kinds;
  const come = revision.kinds & ~base.kinds;
  // Lists of values say by themselves which values of which types came and went.
  const listed = (base.values !== null && (gone === 0 || revision.values !== null)) || (revision.values !== null && come === 0);
  if (!listed && (gone !== 0 || come !== 0)) {
    const rule = gone === 0 ? 'type-widened' : come === 0 ? 'type-narrowed' : 'type-changed';
    pair.report(rule, pair.at('type'), `is now ${typed(revision)} (before: ${typed(base)})`);
  }
  compareNull(pair, gone, come);
  return true;
}

function compareNull(pair: Pair, gone: number, come: number): void {
  const { base, revision } = pair;
  if (base.acceptsNull === revision.acceptsNull) return;
  const at = pair.at(revision.with('nullable').length > 0 ? 'nullable' : 'type');
  // From or to a schema of any type, the change of types has said it.
  if (revision.acceptsNull) {
    if (come === 0 || revision.kinds !== Kinds.any) pair.report('null-allowed', at, 'may now be null');
  } else if (gone === 0 || base.kinds !== Kinds.any) pair.report('null-refused', at, 'can no longer be null');
}

function typed(view: View): string {
  if (view.kinds === Kinds.any) return 'of any type';
  return namesOf(view.kinds).join(' or ') || 'null';
}
