import { applyDecorators, type Type } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, ApiProperty, getSchemaPath } from '@nestjs/swagger';
import { Type as Convert } from 'class-transformer';
import { IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';
import { Problem } from '#canonical';
import { storable } from '../validation/storable.rules.js';

/** A part of a list. `nextCursor` asks for the next one; null when this is the last. */
export class Page<T> {
  items: T[];
  nextCursor: string | null;
}

/** How a list is asked for. Extend it with filters. */
export class PageQuery {
  @ApiProperty({ type: 'string', required: false, maxLength: 2000, description: 'From the page before; opaque.' })
  @IsOptional()
  @IsString()
  @MaxLength(2000)
  cursor?: string;

  @ApiProperty({ type: 'integer', required: false, minimum: 1, maximum: 200, default: 50, description: 'At most so many items.' })
  @IsOptional()
  @Convert(() => Number)
  @IsInt()
  @Min(1)
  @Max(200)
  limit?: number;
}

export const DEFAULT_PAGE_SIZE = 50;

const pageClasses = new WeakMap<Type, Type>();

function pageClassOf(item: Type): Type {
  const known = pageClasses.get(item);
  if (known) return known;
  class ItemPage {
    items: unknown[];
    nextCursor: string | null;
  }
  ApiProperty({ type: () => item, isArray: true })(ItemPage.prototype, 'items');
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

/** An opaque cursor that holds the sort key of the last item of a page (keyset paging: it survives inserts). */
export const encodeCursor = (key: (string | number | null)[]): string => Buffer.from(JSON.stringify(key)).toString('base64url');

/** The sort key in a cursor. Throws `invalid` naming the field `cursor` when it isn't one of ours. */
export function decodeCursor(cursor: string, parts: number): (string | number | null)[] {
  try {
    const key: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (Array.isArray(key) && key.length === parts && key.every(isKeyPart)) return key;
  } catch (cause) {
    throw notACursor(cause);
  }
  throw notACursor();
}

const isKeyPart = (part: unknown): part is string | number | null =>
  part === null || typeof part === 'number' || (typeof part === 'string' && storable(part));

const notACursor = (cause?: unknown): Problem =>
  new Problem('invalid', "The cursor isn't one of this list.", {
    cause,
    fields: [{ field: 'cursor', rule: 'cursor', message: 'cursor must be the nextCursor of a page of this list' }],
  });

/** Makes a page from up to `limit + 1` rows in order: the extra row only tells that there are more. */
export function pageOf<R, T>(rows: R[], limit: number, keyOf: (row: R) => (string | number | null)[], itemOf: (row: R) => T): Page<T> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return { items: shown.map(itemOf), nextCursor: rows.length > limit && last !== undefined ? encodeCursor(keyOf(last)) : null };
}
