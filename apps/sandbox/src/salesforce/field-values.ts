import { parseId } from './record-id.js';
import { SalesforceError } from './salesforce-error.js';
import { instantText } from './soql/conditions.js';
import type { FieldSchema, Value } from './schema.js';

/** A value sent for a field, as the org keeps it; or the vendor's complaint. Empty text is null. */
export function storedValue(field: FieldSchema, sent: unknown): Value {
  if (sent === null || sent === undefined || sent === '') return field.type === 'boolean' ? false : null;
  switch (field.type) {
    case 'boolean':
      if (typeof sent === 'boolean') return sent;
      if (sent === 'true' || sent === 'false') return sent === 'true';
      throw undeserializable('boolean', sent);
    case 'int':
    case 'double':
    case 'currency':
    case 'percent':
      return number(field, sent);
    case 'date':
      return date(sent);
    case 'datetime':
      return instant(sent);
    case 'id':
    case 'reference':
      return id(field, sent);
    default:
      return textual(field, sent);
  }
}

function number(field: FieldSchema, sent: unknown): number {
  const value = typeof sent === 'number' ? sent : typeof sent === 'string' && /^-?\d+(\.\d+)?$/.test(sent.trim()) ? Number(sent) : NaN;
  if (!Number.isFinite(value)) throw undeserializable(field.type === 'int' ? 'int' : 'double', sent);
  if (Math.abs(value) >= 10 ** (field.precision - field.scale)) {
    throw new SalesforceError(400, 'NUMBER_OUTSIDE_VALID_RANGE', `${field.label}: value outside of valid range on numeric field: ${value}`, [
      field.name,
    ]);
  }
  return Number(value.toFixed(field.scale));
}

function date(sent: unknown): string {
  const text = String(sent);
  const day = /^(\d{4}-\d{2}-\d{2})(T.*)?$/.exec(text)?.[1];
  if (!day || Number.isNaN(Date.parse(day)) || new Date(day).toISOString().slice(0, 10) !== day) throw undeserializable('date', sent);
  return day;
}

function instant(sent: unknown): string {
  const at = new Date(String(sent).replace(/([+-]\d{2})(\d{2})$/, '$1:$2'));
  if (Number.isNaN(at.getTime())) throw undeserializable('datetime', sent);
  at.setUTCMilliseconds(0);
  return instantText(at);
}

function id(field: FieldSchema, sent: unknown): string {
  const id = parseId(sent);
  if (!id) throw new SalesforceError(400, 'MALFORMED_ID', `${field.label}: id value of incorrect type: ${String(sent)}`, [field.name]);
  return id;
}

function textual(field: FieldSchema, sent: unknown): string {
  if (typeof sent === 'object') throw undeserializable('string', JSON.stringify(sent));
  const text = String(sent);
  if (field.length > 0 && text.length > field.length) {
    const message = `${field.label}: data value too large: ${text.slice(0, 80)} (max length=${field.length})`;
    throw new SalesforceError(400, 'STRING_TOO_LONG', message, [field.name]);
  }
  if (field.type === 'email' && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text)) {
    throw new SalesforceError(400, 'INVALID_EMAIL_ADDRESS', `${field.label}: invalid email address: ${text}`, [field.name]);
  }
  if (field.restricted && !field.picklist.includes(text)) {
    throw new SalesforceError(400, 'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST', `${field.label}: bad value for restricted picklist field: ${text}`, [
      field.name,
    ]);
  }
  return text;
}

const undeserializable = (type: string, sent: unknown) =>
  new SalesforceError(
    400,
    'JSON_PARSER_ERROR',
    `Cannot deserialize instance of ${type} from VALUE_${typeof sent === 'number' ? 'NUMBER' : 'STRING'} value ${String(sent)} or request may be missing a required field`,
  );
