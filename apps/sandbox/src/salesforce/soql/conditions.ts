import { parseId } from '../record-id.js';
import type { FieldType, Value } from '../schema.js';
import { daysOf } from './date-literals.js';
import { soqlError } from './soql-error.js';
import type { Comparison, Literal } from './tree.js';

export type Test = (value: Value) => boolean;

/** The field that a literal is compared with: its name and type, for the check and its message. */
export interface ComparedField {
  name: string;
  type: FieldType;
}

const NUMBERS: FieldType[] = ['int', 'double', 'currency', 'percent'];
const IDS: FieldType[] = ['id', 'reference'];

/** Days since midnight in the org's way of writing an instant; both sort as text. */
const startOfDay = (day: string): string => `${day}T00:00:00.000+0000`;
export const instantText = (date: Date): string => date.toISOString().replace('Z', '+0000');

/** Compiles `field operator literal` after checking that the literal is of the field's type. */
export function comparison(query: string, at: number, compared: ComparedField, operator: Comparison, literal: Literal, now: Date): Test {
  if (operator === 'LIKE') return like(query, at, compared, literal);
  checkOperator(query, at, compared, operator);
  if (literal.kind === 'dates')
    return withinDays(compared, operator, daysOf(literal.name, literal.n ?? 0, checkDates(query, compared, literal) ?? now));
  const wanted = valueOf(query, compared, literal);
  if (operator === '=') return value => same(value, wanted);
  if (operator === '!=') return value => !same(value, wanted);
  return value => value !== null && wanted !== null && ordered(operator, compare(value, wanted));
}

/** Compiles `field IN (…)`. */
export function membership(query: string, compared: ComparedField, literals: Literal[], now: Date): Test {
  const tests = literals.map(literal => comparison(query, literal.at, compared, '=', literal, now));
  return value => tests.some(test => test(value));
}

/** Compiles `field INCLUDES ('a;b', 'c')`: all of one of the groups are chosen. */
export function inclusion(query: string, at: number, compared: ComparedField, literals: Literal[]): Test {
  if (compared.type !== 'multipicklist')
    throw soqlError(query, at, `operator INCLUDES is not supported on field '${compared.name}'`, 'INVALID_QUERY_FILTER_OPERATOR');
  const groups = literals.map(literal =>
    String(valueOf(query, compared, literal))
      .toLowerCase()
      .split(';'),
  );
  return value => {
    const chosen = new Set(
      String(value ?? '')
        .toLowerCase()
        .split(';'),
    );
    return groups.some(group => group.every(one => chosen.has(one)));
  };
}

/** Text without minding case, numbers and instants by value; null before all. */
export function compare(a: Value, b: Value): number {
  if (a === b) return 0;
  if (a === null) return -1;
  if (b === null) return 1;
  const [x, y] = typeof a === 'string' && typeof b === 'string' ? [a.toLowerCase(), b.toLowerCase()] : [a, b];
  return x < y ? -1 : x > y ? 1 : 0;
}

const same = (a: Value, b: Value): boolean => (a === null || b === null ? a === b : compare(a, b) === 0);

function ordered(operator: Comparison, order: number): boolean {
  return operator === '<' ? order < 0 : operator === '<=' ? order <= 0 : operator === '>' ? order > 0 : order >= 0;
}

function checkOperator(query: string, at: number, { name, type }: ComparedField, operator: Comparison): void {
  if (operator === '=' || operator === '!=') return;
  if (type === 'boolean' || type === 'multipicklist')
    throw soqlError(query, at, `invalid operator on ${type} field '${name}'`, 'INVALID_QUERY_FILTER_OPERATOR');
}

function checkDates(query: string, { name, type }: ComparedField, literal: Literal): null {
  if (type !== 'date' && type !== 'datetime') throw mismatch(query, literal, name, type);
  return null;
}

function withinDays({ type }: ComparedField, operator: Comparison, days: { start: string; end: string }): Test {
  const [start, end] = type === 'datetime' ? [startOfDay(days.start), startOfDay(days.end)] : [days.start, days.end];
  const tests: Record<string, (value: string) => boolean> = {
    '=': value => value >= start && value < end,
    '!=': value => value < start || value >= end,
    '<': value => value < start,
    '<=': value => value < end,
    '>': value => value >= end,
    '>=': value => value >= start,
  };
  const test = tests[operator];
  return value => (typeof value === 'string' ? test(value) : operator === '!=');
}

function like(query: string, at: number, { name, type }: ComparedField, literal: Literal): Test {
  if (IDS.includes(type) || NUMBERS.includes(type) || ['boolean', 'date', 'datetime', 'multipicklist'].includes(type)) {
    throw soqlError(query, at, `invalid operator on ${type} field '${name}'`, 'INVALID_QUERY_FILTER_OPERATOR');
  }
  if (literal.kind !== 'string') throw mismatch(query, literal, name, type);
  const source = literal.pattern.replace(/\\([\\%_])|[%_]|[.*+?^${}()|[\]\\]/g, (part, escaped?: string) => {
    if (escaped) return escaped === '\\' ? '\\\\' : escaped;
    return part === '%' ? '[^]*' : part === '_' ? '[^]' : `\\${part}`;
  });
  const pattern = new RegExp(`^${source}$`, 'i');
  return value => typeof value === 'string' && pattern.test(value);
}

/** The literal as the org keeps such a value, or the vendor's complaint about its type. */
function valueOf(query: string, { name, type }: ComparedField, literal: Literal): Value {
  if (literal.kind === 'null') return null;
  if (NUMBERS.includes(type) && literal.kind === 'number') return literal.value;
  if (type === 'boolean' && literal.kind === 'boolean') return literal.value;
  if (type === 'date' && literal.kind === 'date') return checkedDate(query, literal);
  if (type === 'datetime' && literal.kind === 'datetime') return instantText(new Date(checkedDate(query, literal)));
  if (IDS.includes(type) && literal.kind === 'string') {
    const id = literal.text === '' ? null : parseId(literal.text);
    if (id === null && literal.text !== '') throw soqlError(query, literal.at, `invalid ID field: ${literal.text}`, 'INVALID_QUERY_FILTER_OPERATOR');
    return id;
  }
  const textual = !NUMBERS.includes(type) && !IDS.includes(type) && type !== 'boolean' && type !== 'date' && type !== 'datetime';
  if (textual && literal.kind === 'string') return literal.text === '' ? null : literal.text;
  throw mismatch(query, literal, name, type);
}

function checkedDate(query: string, literal: Literal & { text: string }): string {
  if (Number.isNaN(Date.parse(literal.text)) || new Date(literal.text.slice(0, 10)).toISOString().slice(0, 10) !== literal.text.slice(0, 10)) {
    throw soqlError(query, literal.at, `Invalid date: ${literal.text}`);
  }
  return literal.text;
}

const SPOKEN: Partial<Record<FieldType, string>> = {
  datetime: 'dateTime',
  currency: 'double',
  percent: 'double',
  textarea: 'string',
  picklist: 'string',
  email: 'string',
  phone: 'string',
  url: 'string',
  multipicklist: 'string',
  id: 'ID',
  reference: 'ID',
};

function mismatch(query: string, literal: Literal, name: string, type: FieldType) {
  const spoken = SPOKEN[type] ?? type;
  const quotes = spoken === 'string' || spoken === 'ID' ? 'should be enclosed in quotes' : 'should not be enclosed in quotes';
  return soqlError(query, literal.at, `value of filter criterion for field '${name}' must be of type ${spoken} and ${quotes}`, 'INVALID_FIELD');
}
