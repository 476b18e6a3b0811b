import type { Pair } from './pair.js';
import { objectShape, propertyOf } from './shapes.js';
import type { View } from './view.js';

/**
 * Follows a schema that holds in some cases beside the pair's own: an alternative, a `then`. A
 * property that the pair declares, and that only the revision's part restricts, is no new property:
 * its values are restricted.
 */
export function overlay(pair: Pair, base: View, revision: View): void {
  pair.follow(base, revision);
  const [before, now] = [objectShape(base).declared, objectShape(revision).declared];
  if (now.size === 0) return;
  const known = objectShape(pair.base).declared;
  for (const name of now.keys()) {
    if (!known.has(name) || before.has(name)) continue;
    const schema = propertyOf(revision, name);
    if (schema !== null) pair.follow(base.anything, schema, `.${name}`);
  }
}
