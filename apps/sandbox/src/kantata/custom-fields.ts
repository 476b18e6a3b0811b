import { unprocessable } from './answers.js';
import type { Account, KantataRow } from './account.js';
import { equals, includeOne, oneOf, passed, text, withinLength, type Fields, type Resource } from './resource.js';

const isList = (value: unknown, test: (entry: unknown) => boolean) => Array.isArray(value) && value.every(test);
const ENCODINGS: Record<string, (value: unknown) => boolean> = {
  string: value => typeof value === 'string',
  date: value => typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value),
  number: value => typeof value === 'number',
  currency: value => Array.isArray(value) && typeof value[0] === 'number' && typeof value[1] === 'string',
  single: value => isList(value, entry => typeof entry === 'number'),
  multi: value => isList(value, entry => typeof entry === 'number'),
};

interface SentValue {
  custom_field_id: unknown;
  value: unknown;
}

/**
 * `custom_fields: [{ custom_field_id, value }]`, sent inside the record they belong to: checked
 * before anything is kept.
 */
export function checkedValues(subjectType: string, sent: unknown, account: Account): SentValue[] {
  if (sent === undefined) return [];
  if (!Array.isArray(sent)) throw unprocessable({ field: 'custom_fields', message: 'must be a list' });
  for (const { custom_field_id, value } of sent as SentValue[]) fieldOf(subjectType, custom_field_id, value, account);
  return sent as SentValue[];
}

function fieldOf(subjectType: string, id: unknown, value: unknown, account: Account): KantataRow {
  const field = account.get('custom_fields', id);
  if (!field || field.subject_type !== subjectType)
    throw unprocessable({ field: 'custom_field_id', message: `${String(id)} is not a custom field of ${subjectType}` });
  try {
    withinLength('value', value, account);
  } catch (error) {
    throw unprocessable({ field: 'value', message: `${String(field.name)} ${(error as Error).message}` });
  }
  const fits = value === null || ENCODINGS[field.value_type as string](value);
  if (!fits) throw unprocessable({ field: 'value', message: `${String(field.name)} is not a ${String(field.value_type)}` });
  return field;
}

/**
 * Acts as an upsert: the new value takes the old one's place, under an id of its own. Null takes it
 * away.
 */
export function putValue(subjectType: string, subjectId: string, { custom_field_id, value }: SentValue, account: Account): KantataRow | null {
  const field = fieldOf(subjectType, custom_field_id, value, account);
  for (const old of account.valuesOf(`${subjectType}:${subjectId}`))
    if (old.custom_field_id === field.id) account.table('custom_field_values').delete(old.id);
  if (value === null) return null;
  return account.insert('custom_field_values', {
    type: field.value_type,
    value,
    display_value: String(value),
    custom_field_id: field.id,
    custom_field_name: field.name,
    subject_type: subjectType,
    subject_id: subjectId,
    account_id: account.id,
    can_edit: true,
  });
}

export const customFields: Resource = {
  plural: 'custom_fields',
  singular: 'custom_field',
  subject: 'CustomField',
  writes: ['create', 'update', 'delete'],
  required: { name: "Name can't be blank", value_type: "Value type can't be blank" },
  // The real API ties a field to its subject through a set; the sandbox takes the subject itself.
  fields: { name: text, value_type: oneOf(...Object.keys(ENCODINGS)), subject_type: text },
  defaults: () => ({ subject_type: 'Workspace', unique_constraint: false, read_access: 'everyone', write_access: 'everyone' }),
  shown: row => row,
  includes: {},
  filters: { subject_type: equals('subject_type'), matching: (row, value) => String(row.name).toLowerCase().includes(value.toLowerCase()) },
  orders: ['created_at', 'name'],
  defaultOrder: 'created_at:asc',
};

/** POST is an upsert; the router gives it `putValue`. */
export const customFieldValues: Resource = {
  plural: 'custom_field_values',
  singular: 'custom_field_value',
  subject: 'CustomFieldValue',
  bulk: 100,
  writes: ['create', 'delete'],
  fields: { subject_type: text, subject_id: passed, custom_field_id: passed, value: passed },
  requiredFilter: 'subject_type',
  candidates: (query, account) =>
    query
      .get('with_subject_id')
      ?.split(',')
      .flatMap(id => account.valuesOf(`${query.get('subject_type')}:${id}`)),
  shown: row => row,
  includes: { custom_field: includeOne('custom_fields', 'custom_field_id') },
  filters: { subject_type: equals('subject_type'), with_subject_id: equals('subject_id'), with_custom_field_id: equals('custom_field_id') },
  orders: ['created_at'],
  defaultOrder: 'created_at:asc',
};

// ---- external references
// -------------------------------------------------------------------------------------------------

/** Checks a reference before anything is stored. */
export function checkedReference(sent: unknown): Fields | null {
  if (sent === undefined || sent === null) return null;
  const { service_name, service_model, service_model_ref, status = 'successful' } = sent as Fields;
  for (const [field, value] of Object.entries({ service_name, service_model, service_model_ref })) {
    if (value === undefined || value === null || value === '') throw unprocessable({ field, message: `${field} can't be blank` });
  }
  if (!['pending', 'successful', 'failed'].includes(String(status)))
    throw unprocessable({ field: 'status', message: 'must be one of pending, successful, failed' });
  return sent as Fields;
}

/**
 * Inline in a create or an update, or by `create_or_update`. One per service name and object;
 * several objects may have the same reference.
 */
export function putReference(subjectType: string, subjectId: string, sent: Fields, account: Account): { row: KantataRow; before: KantataRow | null } {
  const { service_name, service_model, service_model_ref, status = 'successful', ...rest } = sent;
  const { external_link = null, external_status = null, external_message = null, locked = false } = rest;
  const fields = {
    subject_type: subjectType,
    subject_id: subjectId,
    service_name: String(service_name),
    service_model: String(service_model),
    service_model_ref: String(service_model_ref),
    status,
    external_link,
    external_status,
    external_message,
    locked,
    last_synced_at: account.now(),
  };
  const before = account.referencesOf(`${subjectType}:${subjectId}`).find(ref => ref.service_name === fields.service_name) ?? null;
  return { before, row: before ? account.change('external_references', before, fields) : account.insert('external_references', fields) };
}

export const externalReferences: Resource = {
  plural: 'external_references',
  singular: 'external_reference',
  writes: ['delete'],
  fields: {},
  requiredFilter: 'subject_type',
  shown: row => row,
  includes: {},
  filters: {
    subject_type: equals('subject_type'),
    subject_id: equals('subject_id'),
    service_name: equals('service_name'),
    service_model: equals('service_model'),
    service_model_ref: equals('service_model_ref'),
    status: equals('status'),
  },
  orders: ['last_synced_at', 'created_at'],
  defaultOrder: 'last_synced_at:desc',
};
