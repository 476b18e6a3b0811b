import { badContent, badHeader, badValue, tooLong, unknownProperty } from './errors.js';
import { lengthOf } from './lengths.js';
import { hoursText, readHours } from './hours.js';
import type { Records } from './records.js';
import type { Values } from './row.js';
import type { Field, Fields, RecordType } from './schema.js';

/**
 * The values of `X-NetSuite-PropertyNameValidation`. The vendor's default is `Warning`, which drops
 * unknown names silently.
 */
export type NameValidation = 'Error' | 'Warning' | 'Ignore';

export function nameValidation(header: string | undefined): NameValidation {
  const value = header ?? 'Warning';
  const known = (['Error', 'Warning', 'Ignore'] as const).find(name => name.toLowerCase() === value.toLowerCase());
  if (!known) throw badHeader('X-NetSuite-PropertyNameValidation', value);
  return known;
}

export interface Reading {
  validation: NameValidation;
  /**
   * Sublists whose lines are replaced by the given ones instead of being merged with the existing
   * lines.
   */
  replace: string[];
  /** Fields that the role may not write: they are dropped although the answer is 204. */
  writeProtected: string[];
  /** The longest text by field name, in characters. Longer ones are refused, never cut. */
  lengths: Record<string, number>;
}

/** `links` and other names that every body may contain. */
const ALWAYS_ALLOWED = new Set(['id', 'links', 'externalId', 'refName', 'customForm', 'recordType']);

/**
 * Reads a body into a record's values, on top of the existing ones. Throws the vendor's refusal for
 * invalid content.
 */
export class BodyReader {
  constructor(
    private readonly records: Records,
    private readonly reading: Reading,
  ) {}

  read(type: RecordType, body: unknown, existing: Values): Values {
    if (!isObject(body)) throw badContent();
    return this.#fields(type.fields, body, existing, '', this.reading.writeProtected);
  }

  #fields(fields: Fields, body: Record<string, unknown>, existing: Values, path: string, protectedNames: string[]): Values {
    const values = { ...existing };
    for (const [name, value] of Object.entries(body)) {
      const field = fields[name];
      if (!field) {
        if (this.reading.validation === 'Error' && !ALWAYS_ALLOWED.has(name)) throw unknownProperty(path + name);
        continue;
      }
      if (field.readOnly || protectedNames.includes(name)) continue;
      if (value !== null) values[name] = this.#value(field, name, value, path + name, existing[name]);
      else if (name in values) values[name] = undefined;
    }
    return values;
  }

  #value(field: Field, name: string, value: unknown, path: string, existing: unknown): unknown {
    switch (field.kind) {
      case 'text':
        if (typeof value !== 'string' && typeof value !== 'number') throw badValue(value, name, path);
        if (String(value).length > lengthOf(name, this.reading.lengths)) throw tooLong(name, lengthOf(name, this.reading.lengths));
        return String(value);
      case 'flag':
        if (typeof value !== 'boolean') throw badValue(value, name, path);
        return value;
      case 'number': {
        const read = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
        if (typeof read !== 'number' || !Number.isFinite(read)) throw badValue(value, name, path);
        return read;
      }
      case 'hours': {
        const minutes = readHours(value);
        if (minutes === undefined) throw badValue(value, name, path);
        return hoursText(minutes);
      }
      case 'date':
        if (typeof value !== 'string' || !/^\d{4}-\d{2}-\d{2}$/.test(value) || Number.isNaN(Date.parse(value))) throw badValue(value, name, path);
        return value;
      case 'dateTime':
        if (typeof value !== 'string' || !/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/.test(value)) throw badValue(value, name, path);
        return value;
      case 'reference':
        return this.#reference(field.to, name, value, path);
      case 'references':
        return items(value, path).map((item, index) => this.#reference(field.to, name, item, `${path}.items[${index}]`));
      case 'enum':
        return enumId(field.values, name, value, path);
      case 'part':
        if (!isObject(value)) throw badValue(value, name, path);
        return this.#fields(field.fields, value, isObject(existing) ? existing : {}, `${path}.`, []);
      case 'lines':
        return this.#lines(field, name, value, path, (existing as Values[] | undefined) ?? []);
    }
  }

  /** `{"id":"3"}`, `{"externalId":"LE-UK"}` or a bare id. */
  #reference(type: string, name: string, value: unknown, path: string): string {
    const { id, externalId } = isObject(value) ? value : { id: value, externalId: undefined };
    const found =
      typeof externalId === 'string' && id === undefined ? this.records.byExternalId(type, externalId) : this.records.get(type, String(id));
    if (!found) throw badValue(externalId ?? id, name, path);
    return found.id;
  }

  #lines(field: Extract<Field, { kind: 'lines' }>, name: string, value: unknown, path: string, existing: Values[]): Values[] {
    const lines = this.reading.replace.includes(name) ? [] : [...existing];
    const kept = this.reading.replace.includes(name) ? existing : lines;
    for (const [index, item] of items(value, path).entries()) {
      const at = `${path}.items[${index}]`;
      if (!isObject(item)) throw badValue(item, name, at);
      const keyed = this.#fields(field.fields, item, {}, `${at}.`, [])[field.key];
      const before = keyed === undefined ? undefined : kept.find(line => line[field.key] === keyed);
      const line = this.#fields(field.fields, item, before ?? {}, `${at}.`, []);
      const missing = Object.entries(field.fields).find(([key, { required }]) => required !== undefined && line[key] === undefined);
      if (missing) throw badValue('', missing[0], `${at}.${missing[0]}`);
      line[field.key] ??= Math.max(0, ...existing.concat(lines).map(other => Number(other[field.key]))) + 1;
      const place = lines.findIndex(other => other[field.key] === line[field.key]);
      if (place >= 0) lines[place] = line;
      else lines.push(line);
    }
    return lines;
  }
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

function items(value: unknown, path: string): unknown[] {
  if (isObject(value) && Array.isArray(value.items)) return value.items;
  throw badValue(value, path);
}

/** `{"id":"A"}` or the bare id; `-19` where ids look like numbers. */
function enumId(values: Record<string, string>, name: string, value: unknown, path: string): string {
  const id = isObject(value) ? value.id : value;
  if ((typeof id !== 'string' && typeof id !== 'number') || !(id in values)) throw badValue(id, name, path);
  return String(id);
}
