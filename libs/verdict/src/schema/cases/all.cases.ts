import { ARRAY_CASES } from './arrays.cases.js';
import { COMBINATION_CASES } from './combinations.cases.js';
import { OBJECT_CASES } from './objects.cases.js';
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
  ...OBJECT_CASES,
  ...COMBINATION_CASES,
  ...REFERENCE_CASES,
  ...ANNOTATION_CASES,
];
