import { Problem, type FieldFault } from './problem.js';
import { cutText } from './text.js';

/**
 * The largest allowed message. A message is everything that comes in as JSON or like it: a body, a
 * header, claims, variables.
 */
export interface Bounds {
  /** Objects and lists inside each other. */
  levels: number;
  /** Names of one object. */
  names: number;
  /** Values in all, at every level. */
  members: number;
  /** Characters of one text. */
  text: number;
  /** Characters of one name. */
  name: number;
}

/**
 * The bounds for every message from outside. A batch of 100 lines has some 6,000 members and 6
 * levels: the bounds are far above what is needed and low enough that checking a message is cheap.
 */
export const BOUNDS: Readonly<Bounds> = { levels: 32, names: 500, members: 20_000, text: 262_144, name: 128 };

/**
 * How many faults of one request are listed, and the longest path and sentence of one. The others
 * are counted.
 */
export const MOST_FAULTS = 50;
export const LONGEST_PATH = 200;
export const LONGEST_SENTENCE = 400;

/**
 * A text of at most `most` UTF-16 units that ends with a whole character; an ellipsis shows that
 * something is missing.
 */
export const shortened = (text: string, most: number): string => (text.length <= most ? text : `${cutText(text, most - 1).trimEnd()}…`);

/** A container on the way from the root; the path is built only when there is a fault. */
interface Place {
  up?: Place;
  at: string | number;
  level: number;
}

const LONGEST_NAME_TOLD = 60;

/** The path of a place as problems name it: `roles[0].amount`. Never longer than LONGEST_PATH. */
export function pathOf(parts: readonly (string | number)[]): string {
  let path = '';
  for (const part of parts) {
    path += typeof part === 'number' ? `[${part}]` : `${path === '' ? '' : '.'}${shortened(part, LONGEST_NAME_TOLD)}`;
    if (path.length > LONGEST_PATH) break;
  }
  return shortened(path, LONGEST_PATH);
}

function pathTo(place: Place | undefined, root: string): string {
  const parts: (string | number)[] = [];
  for (let here = place; here; here = here.up) parts.push(here.at);
  return pathOf(parts.reverse()) || root;
}

const fault = (place: Place | undefined, root: string, rule: string, what: string): FieldFault => {
  const field = pathTo(place, root);
  return { field, rule, message: `${field} ${what}` };
};

/** The fault of one name or one text; nothing when it is within bounds. */
function tooLong(place: Place, value: unknown, root: string, bounds: Bounds): FieldFault | undefined {
  if (typeof place.at === 'string' && place.at.length > bounds.name)
    return fault(place, root, 'longest-name', `has a name of more than ${bounds.name} characters`);
  if (typeof value === 'string' && value.length > bounds.text) return fault(place, root, 'longest-text', `has more than ${bounds.text} characters`);
  return undefined;
}

/**
 * The first thing in `value` that exceeds the bounds. One step per member, without recursion. It
 * stops at the first fault, so that checking costs no more than the bounds allow.
 */
export function beyond(value: unknown, root = 'body', bounds: Bounds = BOUNDS): FieldFault | undefined {
  if (typeof value === 'string' && value.length > bounds.text)
    return fault(undefined, root, 'longest-text', `has more than ${bounds.text} characters`);
  const open: { value: unknown; place?: Place }[] = [{ value }];
  let members = 0;
  for (let next = open.pop(); next; next = open.pop()) {
    const { value: container, place } = next;
    if (typeof container !== 'object' || container === null) continue;
    const level = (place?.level ?? 0) + 1;
    if (level > bounds.levels) return fault(place, root, 'levels', `has more than ${bounds.levels} levels`);
    const isList = Array.isArray(container);
    const names = isList ? undefined : Object.keys(container);
    if (names && names.length > bounds.names) return fault(place, root, 'names', `has more than ${bounds.names} names`);
    const count = names?.length ?? (container as unknown[]).length;
    members += count;
    if (members > bounds.members) return fault(undefined, root, 'members', `has more than ${bounds.members} values`);
    for (let i = 0; i < count; i++) {
      const at = names ? names[i] : i;
      const held = (container as Record<string | number, unknown>)[at];
      const here = { up: place, at, level };
      const found = tooLong(here, held, root, bounds);
      if (found) return found;
      if (typeof held === 'object' && held !== null) open.push({ value: held, place: here });
    }
  }
  return undefined;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const [LIST_OPENS, LIST_CLOSES] = [0x5b, 0x5d];
const [OBJECT_OPENS, OBJECT_CLOSES] = [0x7b, 0x7d];

/**
 * Whether a JSON text nests objects and lists deeper than `levels`. Read once from left to right,
 * before any parser sees it.
 */
export function isDeeper(json: string, levels: number = BOUNDS.levels): boolean {
  let level = 0;
  let inText = false;
  for (let i = 0; i < json.length; i++) {
    const unit = json.charCodeAt(i);
    if (unit === QUOTE) inText = !inText;
    else if (inText) {
      if (unit === BACKSLASH) i++;
    } else if (unit === LIST_OPENS || unit === OBJECT_OPENS) {
      if (++level > levels) return true;
    } else if (unit === LIST_CLOSES || unit === OBJECT_CLOSES) level--;
  }
  return false;
}

/** The Problem of something beyond the bounds: 400, naming the field and the rule. */
export const beyondBounds = (found: FieldFault): Problem => new Problem('invalid', `${found.message}.`, { code: 'beyond-bounds', fields: [found] });

/** Throws when `value` is beyond the bounds; `root` names it in the answer. */
export function withinBounds(value: unknown, root = 'body', bounds: Bounds = BOUNDS): void {
  const found = beyond(value, root, bounds);
  if (found) throw beyondBounds(found);
}

/** Throws when a JSON text has too many levels. */
export function withinLevels(json: string, root = 'body', bounds: Bounds = BOUNDS): void {
  if (!isDeeper(json, bounds.levels)) return;
  throw beyondBounds({ field: root, rule: 'levels', message: `${root} has more than ${bounds.levels} levels` });
}

/**
 * Reads JSON from outside: levels are counted before it is parsed, the rest is checked after.
 * Throws `invalid`, code `beyond-bounds` or `malformed-json`.
 */
export function readJson(json: string, root = 'body', bounds: Bounds = BOUNDS): unknown {
  withinLevels(json, root, bounds);
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (cause) {
    throw new Problem('invalid', `${root} isn't well-formed JSON.`, { cause, code: 'malformed-json' });
  }
  withinBounds(value, root, bounds);
  return value;
}
