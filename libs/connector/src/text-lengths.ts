import type { FieldFault } from '#canonical';

/** A text that an adapter writes. */
export interface TextField {
  /** Our field that it is made of, or whose word it is; `[]` stands for a place in a list. */
  ours: string;
  /** What is written with it into the same field. */
  with?: string;
  /** The name that its length goes by, where that is not the field's own. */
  length?: string;
  /** How many characters the vendor takes; absent where nobody says so in public: then only the vendor can refuse it. */
  most?: number;
  /** Who says so. */
  source: string;
}

/** All texts that an adapter writes, by record and path; places in lists, and NetSuite's `items`, are left out of a path. */
export type TextFields = Record<string, TextField>;

interface WrittenText {
  path: string;
  places: number[];
  text: string;
}

const DAY_OR_HOURS = /^(\d{4}-\d{2}-\d{2}(T[\d:]+Z)?|-?\d+:\d{2})$/;
const REFERENCE = new Set(['id', 'externalId', 'refName']);

/** The texts in what is sent. References to what is there, days and hours are none. */
export function textsIn(sent: unknown, path = '', places: number[] = []): WrittenText[] {
  if (typeof sent === 'string') return DAY_OR_HOURS.test(sent) ? [] : [{ path, places, text: sent }];
  if (Array.isArray(sent)) return sent.flatMap((one, place) => textsIn(one, path, [...places, place]));
  if (typeof sent !== 'object' || sent === null || Object.keys(sent).every(name => REFERENCE.has(name))) return [];
  return Object.entries(sent).flatMap(([name, part]) => textsIn(part, name === 'items' ? path : path === '' ? name : `${path}.${name}`, places));
}

const lengthOf = (path: string, { length }: TextField): string => length ?? path.slice(path.lastIndexOf('.') + 1);

/** The lengths that are known, as a setting says them: `field=length`. */
export function knownLengths(fields: TextFields): string[] {
  return [
    ...new Set(Object.entries(fields).flatMap(([path, field]) => (field.most === undefined ? [] : [`${lengthOf(path, field)}=${field.most}`]))),
  ];
}

/** What a setting may say. */
export function lengthPattern(fields: TextFields): RegExp {
  const names = new Set(Object.entries(fields).map(([path, field]) => lengthOf(path, field)));
  return new RegExp(`^(${[...names].join('|')})=[1-9]\\d{0,4}$`);
}

/** What of it is longer than the vendor's field, before it is sent: a vendor that refuses it would do so after what was written before it. */
export function lengthFaults(vendor: string, fields: TextFields, lengths: string[], sent: object): FieldFault[] {
  const most = new Map(lengths.map(pair => pair.split('=') as [string, string]));
  return textsIn(sent).flatMap(({ path, places, text }) => {
    const field = fields[path];
    if (!field) return [];
    const name = lengthOf(path, field);
    const bound = most.get(name);
    if (bound === undefined || text.length <= Number(bound)) return [];
    const rest = [...places];
    const ours = field.ours.replaceAll('[]', () => `[${rest.shift()}]`);
    const written = field.with === undefined ? ours : `${ours} with ${field.with}`;
    return [{ field: ours, rule: 'length', message: `${vendor}'s ${name} takes ${bound} characters; ${written} has ${text.length}` }];
  });
}
