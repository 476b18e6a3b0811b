import { Problem } from '#canonical';

/** Where a page ended: the order it was in, and the last row's value and id there. Rows that come and go elsewhere don't move it. */
export interface Cursor {
  order: string;
  value: string;
  id: string;
}

export const encodeCursor = ({ order, value, id }: Cursor): string => Buffer.from(JSON.stringify([order, value, id])).toString('base64url');

/** Throws `invalid` when it isn't one of ours or belongs to a list in another order. */
export function decodeCursor(text: string, order: string): Cursor {
  const parts = parsed(text);
  if (!Array.isArray(parts) || parts.length !== 3 || !parts.every(part => typeof part === 'string')) throw refused('is not a cursor of this API');
  const [was, value, id] = parts as [string, string, string];
  if (was !== order) throw refused(`belongs to a list ordered by ${was}, not by ${order}`);
  return { order, value, id };
}

const refused = (why: string): Problem =>
  new Problem('invalid', `The cursor ${why}.`, { fields: [{ field: 'after', rule: 'cursor', message: `after ${why}` }] });

function parsed(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as unknown;
  } catch {
    return undefined; // told by the caller, in words that don't depend on what was sent
  }
}
