import { compareAnnotations } from './annotations.js';
import { compareArrays } from './arrays.js';
import { compareChoices, compareSpread } from './choices.js';
import { compareConditions } from './conditions.js';
import { compareDiscriminators } from './discriminators.js';
import { compareNumbers } from './numbers.js';
import { compareObjects } from './objects.js';
import type { Pair } from './pair.js';
import { compareStrings } from './strings.js';
import { compareNever, compareNull, compareTypes } from './types.js';
import { compareDefault, compareValues } from './values.js';

/** All rules over one pair of schemas; what they contain is only noted for comparison. */
export function comparePair(pair: Pair): void {
  if (compareNever(pair)) {
    compareNull(pair);
    compareDefault(pair);
    compareDiscriminators(pair);
    if (!compareSpread(pair)) compareConstraints(pair);
  }
  compareAnnotations(pair);
}

function compareConstraints(pair: Pair): void {
  compareTypes(pair);
  compareValues(pair);
  compareNumbers(pair);
  compareStrings(pair);
  compareArrays(pair);
  compareObjects(pair);
  compareChoices(pair);
  compareConditions(pair);
}
