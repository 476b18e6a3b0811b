import { shortened } from '#canonical';

/**
 * How much of a value a log line shows. A person reads a line, so longer values are cut at whole
 * characters, with their length.
 */
export const LONGEST_LINE = 32_768;
const LONGEST_TEXT = 2_000;
const LONGEST_STACK = 6_000;
const MOST_ITEMS = 20;
const MOST_NAMES = 50;
const LONGEST_NAME = 100;
const MOST_VALUES = 300;
const DEEPEST = 8;

export const briefText = (text: string): string => shortened(text, LONGEST_TEXT);
export const briefStack = (text: string): string => shortened(text, LONGEST_STACK);

interface Allowance {
  values: number;
}

/**
 * A small copy of `value`, however large that is: texts are cut, and lists and objects end with the
 * number of omitted entries.
 */
export function brief<T>(value: T, allowance: Allowance = { values: MOST_VALUES }, depth = 0): T {
  allowance.values -= 1;
  if (typeof value === 'string') return briefText(value) as T;
  if (typeof value !== 'object' || value === null || value instanceof Error || value instanceof Date) return value;
  if (depth > DEEPEST) return '[too deep]' as T;
  if (Array.isArray(value)) {
    const shown = value.slice(0, Math.max(0, Math.min(MOST_ITEMS, allowance.values))).map(item => brief(item as unknown, allowance, depth + 1));
    return (shown.length < value.length ? [...shown, `and ${value.length - shown.length} more`] : shown) as T;
  }
  const shown: [string, unknown][] = [];
  let left = 0;
  for (const name in value) {
    if (!Object.hasOwn(value, name)) continue;
    if (shown.length >= MOST_NAMES || allowance.values <= 0) left += 1;
    else shown.push([shortened(name, LONGEST_NAME), brief((value as Record<string, unknown>)[name], allowance, depth + 1)]);
  }
  return Object.fromEntries(left > 0 ? [...shown, ['…', `and ${left} more`]] : shown) as T;
}

/**
 * Shortens a line that is too long although each part of it was brief: keeps its subject, and its
 * length.
 */
export function lineWithin(line: string): string {
  if (line.length <= LONGEST_LINE) return line;
  const { level, time, app, correlationId, message } = JSON.parse(line) as Record<string, unknown>;
  return `${JSON.stringify({ level, time, app, correlationId, message: briefText(String(message)), cutFrom: line.length })}\n`;
}
