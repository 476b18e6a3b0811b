import { createHash } from 'node:crypto';

/** The one spelling of a value: keys sorted, undefined left out. Equal values have equal bytes. */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const fields = Object.entries(value)
    .filter(([, v]) => v !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([k, v]) => `${JSON.stringify(k)}:${canonicalJson(v)}`);
  return `{${fields.join(',')}}`;
}

/** sha-256 of the canonical JSON, hex. */
export const hashOf = (value: unknown): string => createHash('sha256').update(canonicalJson(value)).digest('hex');

/** Leaves out undefined fields, so that equal records are equal however they were read. */
export const compact = <T extends object>(record: T): T => Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as T;

/**
 * Returns a test whether an attribute must be sent: all present ones for a new record, the changed
 * ones for an existing one.
 */
export function changedFrom<T extends object>(before: Partial<T> | null, after: Partial<T>): (name: keyof T) => boolean {
  return name => (before ? canonicalJson(before[name]) !== canonicalJson(after[name]) : after[name] !== undefined);
}
