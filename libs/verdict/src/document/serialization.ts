import type { Change, Direction } from '../change.js';
import { found } from './found.js';
import { sameJson, type Part } from './open-document.js';

/** Where a value is written: each place has a style of its own when none is named. */
export type PlaceOfValue = 'path' | 'query' | 'header' | 'cookie';

const STYLES: Record<PlaceOfValue, string> = { path: 'simple', query: 'form', header: 'simple', cookie: 'form' };

const PRIMITIVE = new Set(['string', 'number', 'integer', 'boolean', 'null']);

/** Whether the schema takes values of one piece only, which are written alike exploded or not. */
function isPrimitive(part: Part): boolean {
  const schema = part.tryGet('schema');
  if (typeof schema?.value !== 'object' || schema.value === null) return false;
  const type = schema.raw('type');
  const types: unknown[] = Array.isArray(type) ? type : [type];
  return types.every(one => typeof one === 'string' && PRIMITIVE.has(one));
}

/** How a value is written by its style. `what` stands within a sentence. */
export function compareSerialization(base: Part, revision: Part, place: PlaceOfValue, what: string, sent: Direction): Change[] {
  if (revision.raw('content') !== undefined) return [];
  const styleOf = (part: Part): string => part.text('style') ?? STYLES[place];
  const [before, now] = [styleOf(base), styleOf(revision)];
  if (before !== now) return [found('style-changed', revision.pointer, `The style of ${what} changed from ${before} to ${now}.`, sent)];
  const explodes = (part: Part): unknown => part.raw('explode') ?? styleOf(part) === 'form';
  if (sameJson(explodes(base), explodes(revision)) || (isPrimitive(base) && isPrimitive(revision))) return [];
  const how = explodes(revision) ? 'one by one' : 'as one text';
  return [found('explode-changed', revision.pointer, `The values of ${what} are written ${how} now.`, sent)];
}
