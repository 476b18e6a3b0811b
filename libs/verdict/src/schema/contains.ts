import { likenessOf } from './likeness.js';
import { match } from './matching.js';
import { limitWords } from './numbers.js';
import type { Pair } from './pair.js';
import { own, type Place } from './places.js';
import type { View } from './view.js';

/** Items that a list has to have, and how many of them. */
interface Contained {
  item: View;
  least: number;
  most: number;
  at: (keyword: string) => Place;
}

export function compareContains(pair: Pair): void {
  const { both, gone, come } = match(containedIn(pair.base), containedIn(pair.revision), {
    print: ({ item }) => likenessOf(item).print,
    alike: () => 1,
  });
  for (const { at } of come) pair.report('contains-added', at('contains'), 'now has to have certain items');
  for (const { at } of gone) pair.report('contains-removed', at('contains'), 'no longer has to have certain items');
  for (const { base, revision } of both) compareContained(pair, base, revision);
}

function compareContained(pair: Pair, base: Contained, revision: Contained): void {
  // Where there may be at most so many, more items that count are fewer lists.
  if (base.most === Infinity && revision.most === Infinity) pair.follow(base.item, revision.item, '[]');
  else {
    const told = { rule: 'contains-changed', place: revision.at('contains'), label: '', predicate: 'counts other items than before' } as const;
    pair.weigh({ base: base.item, revision: revision.item, turns: 'both', told: () => told });
  }
  const tell = (
    keyword: string,
    rules: readonly ['min-contains-raised' | 'max-contains-raised', 'min-contains-lowered' | 'max-contains-lowered'],
    was: number,
    is: number,
  ): void => {
    if (was === is) return;
    const written = (count: number): string | null => (count === Infinity ? null : `${count}`);
    const least = keyword === 'minContains';
    const words = limitWords(`${least ? 'minimum' : 'maximum'} number of certain items`, written(is), written(was));
    pair.report(rules[is > was ? 0 : 1], revision.at(keyword), words);
  };
  tell('minContains', ['min-contains-raised', 'min-contains-lowered'], base.least, revision.least);
  tell('maxContains', ['max-contains-raised', 'max-contains-lowered'], base.most, revision.most);
}

/** `minContains` is 1 unless it says otherwise; 0 without an end demands nothing. */
function containedIn(view: View): Contained[] {
  return view.with('contains').flatMap(({ place }) => {
    const count = (keyword: string, otherwise: number): number => {
      const value = own(place.value, keyword);
      return typeof value === 'number' ? value : otherwise;
    };
    const [least, most] = [count('minContains', 1), count('maxContains', Infinity)];
    if (least <= 0 && most === Infinity) return [];
    const { document } = view.views;
    const at = (keyword: string): Place => document.child(place, own(place.value, keyword) === undefined ? 'contains' : keyword);
    return [{ item: view.views.of([document.child(place, 'contains')]), least, most, at }];
  });
}
