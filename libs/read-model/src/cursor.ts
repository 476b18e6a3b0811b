import { Problem } from '#canonical';
import { isRealDay } from './scalars.js';
import type { OrderKey } from './list-source.js';

/**
 * Where a page ended: its order, and the value and the id of its last row. Rows that come and go
 * elsewhere don't move it.
 */
export interface Cursor {
  order: string;
  value: string;
  id: string;
}

export const encodeCursor = ({ order, value, id }: Cursor): string => Buffer.from(JSON.stringify([order, value, id])).toString('base64url');

/**
 * Values as Postgres writes them. Any other value was not written by this API and must not reach a
 * statement.
 */
const IS: Record<OrderKey['type'], (value: string) => boolean> = {
  text: () => true,
  timestamptz: value => isRealDay(value) && /^.{10} ([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,6})?[+-](0\d|1[0-4])(:[0-5]\d)?$/.test(value),
  date: value => value === '-infinity' || (value.length === 10 && isRealDay(value)),
  numeric: value => /^-?\d{1,30}(\.\d{1,15})?$/.test(value),
  bigint: value => /^-?\d{1,18}$/.test(value),
  boolean: value => value === 'true' || value === 'false',
};

/**
 * Throws `invalid` when the text isn't one of our cursors, or belongs to a list in another order.
 * `type` is the type of that order's values, `field` what callers name the cursor.
 */
export function decodeCursor(text: string, order: string, type: OrderKey['type'], field = 'after'): Cursor {
  const refused = (why: string): Problem =>
    new Problem('invalid', `The cursor ${why}.`, { fields: [{ field, rule: 'cursor', message: `${field} ${why}` }] });
  const parts = parsed(text);
  if (!Array.isArray(parts) || parts.length !== 3 || !parts.every(part => typeof part === 'string')) throw refused('is not a cursor of this API');
  const [was, value, id] = parts as [string, string, string];
  if (was !== order) throw refused(`belongs to a list ordered by ${was}, not by ${order}`);
  if (!IS[type](value) || `${value}${id}`.includes('\0')) throw refused('is not a cursor of this API');
  return { order, value, id };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as unknown;
  } catch {
    return undefined; // the caller reports it, in words that don't depend on the input
  }
}
