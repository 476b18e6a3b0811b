import { applyDecorators, type Type } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, ApiProperty, getSchemaPath } from '@nestjs/swagger';
import { LARGEST_PAGE, type Page } from '#apis';
import { LARGEST_WHOLE, Problem, readJson, storable } from '#canonical';

export const DEFAULT_PAGE_SIZE = 50;

const pageClasses = new WeakMap<Type, Type>();

function pageClassOf(item: Type): Type {
  const known = pageClasses.get(item);
  if (known) return known;
  class ItemPage {
    items: unknown[];
    nextCursor: string | null;
  }
  ApiProperty({ type: () => item, isArray: true, maxItems: LARGEST_PAGE })(ItemPage.prototype, 'items');
  ApiProperty({ type: 'string', nullable: true, description: 'Asks for the next page; null on the last.' })(ItemPage.prototype, 'nextCursor');
  Object.defineProperty(ItemPage, 'name', { value: `${item.name}Page` });
  pageClasses.set(item, ItemPage);
  return ItemPage;
}

/** Documents that an operation answers a page of `item`. */
export function PageOf(item: Type): MethodDecorator {
  const page = pageClassOf(item);
  return applyDecorators(ApiExtraModels(page), ApiOkResponse({ schema: { $ref: getSchemaPath(page) } }));
}

/**
 * An opaque cursor with the sort key of the last item of a page (keyset paging: it survives
 * inserts).
 */
export const encodeCursor = (key: (string | number)[]): string => Buffer.from(JSON.stringify(key)).toString('base64url');

const LONGEST_KEY_PART = 1_000;
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;

const isText = (part: unknown): part is string => typeof part === 'string' && part.length <= LONGEST_KEY_PART && storable(part);

/**
 * The kinds of sort key parts. Anybody can make a cursor, although it is opaque, so its parts are
 * checked like any input.
 */
const KEY_PARTS = {
  text: isText,
  /** A place in a list. */
  count: (part: unknown): part is number => Number.isInteger(part) && (part as number) >= 0 && (part as number) <= LARGEST_WHOLE,
  whole: (part: unknown): part is number => Number.isInteger(part) && Math.abs(part as number) <= LARGEST_WHOLE,
  instant: (part: unknown): part is string => isText(part) && INSTANT.test(part) && new Date(part).toJSON() === part && !part.startsWith('0000'),
};
export type KeyPart = keyof typeof KEY_PARTS;
type Key<Kinds extends KeyPart[]> = { [at in keyof Kinds]: Kinds[at] extends 'whole' | 'count' ? number : string };

/**
 * The sort key in a cursor, with parts of these kinds. Throws `invalid` naming the field `cursor`
 * when the cursor isn't one of this list.
 */
export function decodeCursor<Kinds extends KeyPart[]>(cursor: string, ...kinds: Kinds): Key<Kinds> {
  const key = parsedKey(cursor);
  if (!Array.isArray(key) || key.length !== kinds.length || !kinds.every((kind, at) => KEY_PARTS[kind](key[at]))) throw notACursor();
  return key as Key<Kinds>;
}

function parsedKey(cursor: string): unknown {
  try {
    return readJson(Buffer.from(cursor, 'base64url').toString('utf8'), 'cursor');
  } catch (cause) {
    throw notACursor(cause);
  }
}

const notACursor = (cause?: unknown): Problem =>
  new Problem('invalid', "The cursor isn't one of this list.", {
    cause,
    fields: [{ field: 'cursor', rule: 'cursor', message: 'cursor must be the nextCursor of a page of this list' }],
  });

/**
 * Makes a page from up to `limit + 1` ordered rows: the extra row only shows that there are more.
 */
export function pageOf<R, T>(rows: R[], limit: number, keyOf: (row: R) => (string | number)[], itemOf: (row: R) => T): Page<T> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return { items: shown.map(itemOf), nextCursor: rows.length > limit && last !== undefined ? encodeCursor(keyOf(last)) : null };
}
