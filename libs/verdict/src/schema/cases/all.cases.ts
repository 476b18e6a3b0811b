import { ARRAY_CASES } from './arrays.cases.js';
import { COMBINATION_CASES } from './combinations.cases.js';
import { CONDITION_CASES } from './conditions.cases.js';
import { DISCRIMINATOR_CASES } from './discriminators.cases.js';
import { OBJECT_CASES } from './objects.cases.js';
import { PROPERTY_CASES } from './properties.cases.js';
import { ANNOTATION_CASES, REFERENCE_CASES } from './references.cases.js';
import type { SchemaCase } from './schema.cases.js';
import { STRING_CASES } from './strings.cases.js';
import { TYPE_CASES } from './types.cases.js';
import { VALUE_CASES } from './values.cases.js';

export const SCHEMA_CASES: readonly SchemaCase[] = [
  ...TYPE_CASES,
  ...VALUE_CASES,
  ...STRING_CASES,
  ...ARRAY_CASES,
  ...PROPERTY_CASES,
  ...OBJECT_CASES,
  ...COMBINATION_CASES,
  ...CONDITION_CASES,
  ...DISCRIMINATOR_CASES,
  ...REFERENCE_CASES,
  ...ANNOTATION_CASES,
];
