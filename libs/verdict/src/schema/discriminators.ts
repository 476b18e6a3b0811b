import type { Pair } from './pair.js';
import { isObject, own, type Place } from './places.js';
import type { View } from './view.js';
import { listed, quoted } from './words.js';

/** OpenAPI's `discriminator`: the property that tells which alternative a value is. */
interface Discriminator {
  property: string;
  /** The schema that each value stands for; null if it is not in the document. */
  values: ReadonlyMap<string, Place | null>;
}

export function compareDiscriminators(pair: Pair): void {
  const [before, now] = [discriminatorOf(pair.base), discriminatorOf(pair.revision)];
  if (before === null && now === null) return;
  const at = pair.at('discriminator');
  if (before === null) pair.report('discriminator-added', at, `is now told apart by ${quoted(now!.property)}`);
  else if (now === null) pair.report('discriminator-removed', at, `is no longer told apart by ${quoted(before.property)}`);
  else {
    if (before.property !== now.property) {
      pair.report('discriminator-property-changed', at, `is now told apart by ${quoted(now.property)} (before: ${quoted(before.property)})`);
    }
    compareMapping(pair, before, now, at);
  }
}

function compareMapping(pair: Pair, before: Discriminator, now: Discriminator, at: Place): void {
  const come = [...now.values.keys()].filter(value => !before.values.has(value));
  const gone = [...before.values.keys()].filter(value => !now.values.has(value));
  if (come.length > 0) pair.report('discriminator-value-added', at, `may now have ${listed(come)} in ${quoted(now.property)}`);
  if (gone.length > 0) pair.report('discriminator-value-removed', at, `can no longer have ${listed(gone)} in ${quoted(before.property)}`);
  for (const [value, is] of now.values) {
    const was = before.values.get(value);
    if (!is || !was) continue;
    const [base, revision] = [pair.base.views.of([was]), pair.revision.views.of([is])];
    // Without a choice, schemas that build on this one by allOf are reached by the mapping alone.
    if (pair.base.choices.length === 0 || pair.revision.choices.length === 0) pair.follow(base, revision);
    if (is.pointer === was.pointer) continue;
    const told = {
      rule: 'discriminator-value-changed',
      place: at,
      label: '',
      predicate: `has another schema where ${quoted(now.property)} is ${quoted(value)}`,
    } as const;
    // Under another name with the same content it is the same schema.
    pair.weigh({ base, revision, turns: 'both', told: () => told });
  }
}

function discriminatorOf(view: View): Discriminator | null {
  const [said] = view.with('discriminator');
  const property = own(said?.value, 'propertyName');
  if (said === undefined || typeof property !== 'string') return null;
  const { document } = view.views;
  const values = new Map<string, Place | null>();
  const mapping = own(said.value, 'mapping');
  for (const [value, target] of Object.entries(isObject(mapping) ? mapping : {})) {
    if (typeof target !== 'string') continue;
    const plain = /^[\w.-]+$/.test(target) ? document.resolve(`#/components/schemas/${target}`, said.place) : null;
    values.set(value, plain ?? document.resolve(target, said.place));
  }
  const mapped = new Set(values.values());
  for (const branch of view.choices.flatMap(choice => choice.branches)) {
    const reference = own(branch.value, '$ref');
    const target = typeof reference === 'string' ? document.resolve(reference, branch) : null;
    // An alternative that the mapping leaves out is meant by its component's name.
    if (target !== null && !mapped.has(target)) values.set(target.segment, target);
  }
  return { property, values };
}
