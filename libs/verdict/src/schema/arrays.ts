import { compareContains } from './contains.js';
import { Kinds } from './kinds.js';
import { compareCount } from './numbers.js';
import type { Pair } from './pair.js';
import { arrayShape } from './shapes.js';

export function compareArrays(pair: Pair): void {
  if (!pair.bothAllow(Kinds.array)) return;
  compareCount(pair, 'minItems', 'minimum number of items', { raised: 'min-items-raised', lowered: 'min-items-lowered' });
  compareCount(pair, 'maxItems', 'maximum number of items', { raised: 'max-items-raised', lowered: 'max-items-lowered' });
  const [before, now] = [pair.base.says('uniqueItems', true), pair.revision.says('uniqueItems', true)];
  if (now && !before) pair.report('items-became-unique', pair.at('uniqueItems'), 'can no longer have an item twice');
  if (before && !now) pair.report('items-no-longer-unique', pair.at('uniqueItems'), 'may now have an item twice');
  compareItems(pair);
  compareContains(pair);
}

function compareItems(pair: Pair): void {
  const [before, now] = [arrayShape(pair.base), arrayShape(pair.revision)];
  const listed = Math.max(before.listed, now.listed);
  for (let index = 0; index < listed; index++) {
    pair.follow(before.at(index) ?? pair.base.anything, now.at(index) ?? pair.revision.anything, `[${index}]`);
  }
  if (before.rest !== null || now.rest !== null) pair.follow(before.rest ?? pair.base.anything, now.rest ?? pair.revision.anything, '[]');
}
