import type { FieldFault } from '#canonical';

/** A text that an adapter writes. */
export interface TextField {
  /** Our field that the text comes from; `[]` stands for a position in a list. */
  ours: string;
  /** What is written into the same field together with it. */
  with?: string;
  /** The name of its length setting, where that differs from the field's. */
  length?: string;
  /**
   * How many characters the vendor accepts. Absent where no public source says so: then only the
   * vendor can refuse the text.
   */
  most?: number;
  /** The source of that number. */
  source: string;
}

/**
 * All texts that an adapter writes, by record and path. A path leaves out positions in lists, and
 * NetSuite's `items`.
 */
export type TextFields = Record<string, TextField>;

interface WrittenText {
  path: string;
  places: number[];
  text: string;
}

const DAY_OR_HOURS = /^(\d{4}-\d{2}-\d{2}(T[\d:]+Z)?|-?\d+:\d{2})$/;
const REFERENCE = new Set(['id', 'externalId', 'refName']);

/** The texts in a request. References to existing records, days and hours are not texts. */
export function textsIn(sent: unknown, path = '', places: number[] = []): WrittenText[] {
  if (typeof sent === 'string') return DAY_OR_HOURS.test(sent) ? [] : [{ path, places, text: sent }];
  if (Array.isArray(sent)) return sent.flatMap((one, place) => textsIn(one, path, [...places, place]));
  if (typeof sent !== 'object' || sent === null || Object.keys(sent).every(name => REFERENCE.has(name))) return [];
  return Object.entries(sent).flatMap(([name, part]) => textsIn(part, name === 'items' ? path : path === '' ? name : `${path}.${name}`, places));
}

const lengthOf = (path: string, { length }: TextField): string => length ?? path.slice(path.lastIndexOf('.') + 1);

/** The known lengths in the form of the setting: `field=length`. */
export function knownLengths(fields: TextFields): string[] {
  return [
    ...new Set(Object.entries(fields).flatMap(([path, field]) => (field.most === undefined ? [] : [`${lengthOf(path, field)}=${field.most}`]))),
  ];
}

/** The allowed values of the setting. */
export function lengthPattern(fields: TextFields): RegExp {
  const names = new Set(Object.entries(fields).map(([path, field]) => lengthOf(path, field)));
  return new RegExp(`^(${[...names].join('|')})=[1-9]\\d{0,4}$`);
}

/**
 * The texts that are longer than the vendor's fields. Checked before anything is sent: the vendor
 * would refuse a text only after earlier writes were done.
 */
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
