import type { Value } from './suiteql-values.js';

/** No query holds it. */
const MARK = '\u0001';
const LITERAL = String.raw`(?:'(?:[^']|'')*'|-?\d+(?:\.\d+)?)`;
const STRING_OR_LIST = new RegExp(String.raw`'(?:[^']|'')*'|\bIN\s*\(\s*(${LITERAL}(?:\s*,\s*${LITERAL})+)\s*\)`, 'gi');

/**
 * Replaces the lists of `IN ('a', 'b', …)` in a query by placeholders: the grammar is slow on long
 * lists, and the remaining text is the same each time.
 */
export function liftLists(text: string): { template: string; lists: Value[][] } {
  const lists: Value[][] = [];
  const template = text.replace(STRING_OR_LIST, (match, list: string | undefined) =>
    list === undefined ? match : `IN ('${MARK}${lists.push(valuesOf(list)) - 1}')`,
  );
  return { template, lists };
}

const valuesOf = (list: string): Value[] =>
  [...list.matchAll(new RegExp(LITERAL, 'g'))].map(([literal]) =>
    literal.startsWith("'") ? literal.slice(1, -1).replaceAll("''", "'") || null : Number(literal),
  );

/** Which list a mark stands for; undefined for any other text. */
export const listAt = (text: string): number | undefined => (text.startsWith(MARK) ? Number(text.slice(1)) : undefined);
