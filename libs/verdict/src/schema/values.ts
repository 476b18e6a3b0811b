import type { Pair } from './pair.js';
import type { Place } from './places.js';
import type { View } from './view.js';
import { canonical, listed, quoted } from './words.js';

/** `enum` and `const`, which is a list of one. */
export function compareValues(pair: Pair): void {
  const { base, revision } = pair;
  const before = base.values;
  const now = revision.values;
  if (before === null && now === null) return;
  const at = listAt(revision.values === null ? base : revision);
  if (before === null) pair.report('enum-added', at, `can now only be ${listed([...now!.values()])}`);
  else if (now === null) pair.report('enum-removed', at, `may now be other than ${listed([...before.values()])}`);
  else {
    const come = [...now].filter(([text]) => !before.has(text)).map(([, value]) => value);
    const gone = [...before].filter(([text]) => !now.has(text)).map(([, value]) => value);
    if (come.length > 0) pair.report('enum-value-added', at, `may now be ${listed(come)}`);
    if (gone.length > 0) pair.report('enum-value-removed', at, `can no longer be ${listed(gone)}`);
  }
}

export function compareDefault(pair: Pair): void {
  const [before] = pair.base.with('default');
  const [now] = pair.revision.with('default');
  if (before === undefined && now === undefined) return;
  const at = pair.at('default');
  if (before === undefined) pair.report('default-added', at, `now has the default ${quoted(now.value)}`);
  else if (now === undefined) pair.report('default-removed', at, `no longer has the default ${quoted(before.value)}`);
  else if (canonical(before.value) !== canonical(now.value)) {
    pair.report('default-changed', at, `now has the default ${quoted(now.value)} (before: ${quoted(before.value)})`);
  }
}

function listAt(view: View): Place {
  return view.at(view.with('enum').length > 0 ? 'enum' : 'const');
}
