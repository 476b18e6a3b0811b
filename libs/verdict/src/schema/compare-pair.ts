import { compareAnnotations } from './annotations.js';
import { compareArrays } from './arrays.js';
import { compareNumbers } from './numbers.js';
import { compareObjects } from './objects.js';
import type { Pair } from './pair.js';
import { compareStrings } from './strings.js';
import { compareTypes } from './types.js';
import { compareDefault, compareValues } from './values.js';

/** All rules over one pair of schemas; what they contain is only noted for comparison. */
export function comparePair(pair: Pair): void {
  if (compareTypes(pair)) {
    compareValues(pair);
    compareDefault(pair);
    compareNumbers(pair);
    compareStrings(pair);
    compareArrays(pair);
    compareObjects(pair);
  }
  compareAnnotations(pair);
}
