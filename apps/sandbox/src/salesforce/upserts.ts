import type { Org } from './org.js';
import { recordMissing, SalesforceError } from './salesforce-error.js';
import type { FieldSchema, ObjectSchema, SfRecord } from './schema.js';

export type Upserted = { record: SfRecord; created: boolean; matches?: undefined } | { matches: SfRecord[] };

/** Creates or updates the record with `key` in `field`; with several matches nothing is written. */
export function upsertRecord(
  org: Org,
  object: ObjectSchema,
  field: FieldSchema,
  key: string,
  sent: Record<string, unknown>,
  updateOnly = false,
): Upserted {
  const given = Object.keys(sent).find(name => name.toLowerCase() === field.name.toLowerCase());
  if (given) throw new SalesforceError(400, 'INVALID_FIELD', `The ${field.name} field should not be specified in the sobject data.`);
  if (key === '') throw new SalesforceError(400, 'MISSING_ARGUMENT', `${field.name} not specified`, []);
  const found = org.byKey(object, field, key);
  if (found.length > 1) return { matches: found };
  if (found.length === 1) return { record: org.update(object, found[0].id, sent, 'upsert'), created: false };
  if (updateOnly) throw recordMissing(key);
  return { record: org.create(object, { ...sent, [field.name]: key }), created: true };
}
