import { brokenRules, compact, Problem, RecordFault, type BrokenRule } from '#canonical';

/** Another record as a record refers to it. Lists and look-ups may know its external id too. */
export interface NetsuiteReference {
  id: string;
  externalId?: string;
  refName?: string;
}

/** A row of SuiteQL: every value a string, null left out. */
export type NetsuiteRow = Record<string, string | undefined>;

export interface NetsuiteRows {
  items: NetsuiteRow[];
  hasMore: boolean;
}

type Json = Record<string, unknown>;

export function readRows(json: unknown): NetsuiteRows {
  if (!isJson(json) || !Array.isArray(json.items)) throw malformed('a page of SuiteQL');
  return { items: json.items.map(rowOf), hasMore: json.hasMore === true };
}

/**
 * A value that is not a row gives an empty one, and fields that are not text become text, to be
 * checked where they are used.
 */
const rowOf = (row: unknown): NetsuiteRow =>
  isJson(row) ? Object.fromEntries(Object.entries(row).flatMap(([name, value]) => (value === null ? [] : [[name, plain(value)]]))) : {};

const plain = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** The internal id at the end of a `Location`. */
export function idOfLocation(location: string | undefined): string {
  const id = location?.split('/').at(-1);
  if (!id) throw malformed('a Location with the id of what was written');
  return id;
}

/** The path of a job; its `Location` may be relative or absolute. */
export function jobOfLocation(location: string | undefined): string {
  const path = /\/services\/rest\/async\/v1\/job\/[^/?#]+/.exec(location ?? '')?.[0];
  if (!path) throw malformed('a Location with the job that took the batch up');
  return path;
}

/**
 * Whether a job has ended. Its `progress` has several words for that; only `completed` is
 * documented.
 */
export function readCompleted(json: unknown): boolean {
  if (!isJson(json) || typeof json.completed !== 'boolean') throw malformed('a job');
  return json.completed;
}

/** A record's fields, each checked for its type as it is taken. */
export class WireRecord {
  constructor(
    private readonly json: Json,
    private readonly what: string,
  ) {}

  string(name: string): string {
    const value = this.text(name);
    if (value === undefined) throw this.#unfit(name, 'present');
    return value;
  }

  day(name: string): string | undefined {
    const value = this.text(name);
    const [broken] = brokenRules<Record<string, string>>({ [name]: value }, { [name]: 'day?' });
    if (broken) throw this.#unfit(name, broken.rule);
    return value;
  }

  #unfit(name: string, rule: BrokenRule['rule']): RecordFault {
    return unfit(`${this.what}.${name}`, rule);
  }

  text(name: string): string | undefined {
    const value = this.json[name];
    if (value === undefined || value === null) return undefined;
    if (typeof value !== 'string' && typeof value !== 'number') throw this.#unfit(name, 'text');
    return String(value);
  }

  flag(name: string): boolean {
    const value = this.json[name];
    if (value === undefined || value === null) return false;
    if (typeof value !== 'boolean') throw this.#unfit(name, 'flag');
    return value;
  }

  number(name: string): number | undefined {
    const value = this.json[name];
    if (value === undefined || value === null) return undefined;
    const read = typeof value === 'number' || typeof value === 'string' ? Number(value) : NaN;
    if (!Number.isFinite(read)) throw this.#unfit(name, 'number');
    return read;
  }

  amount(name: string): number {
    const value = this.number(name);
    if (value === undefined) throw this.#unfit(name, 'present');
    return value;
  }

  /** A reference or an enum; the latter may come as its bare id. */
  reference(name: string): NetsuiteReference | undefined {
    const value = this.json[name];
    if (value === undefined || value === null) return undefined;
    if (typeof value === 'string' || typeof value === 'number') return { id: String(value) };
    const read = recordOf(value, `${this.what}.${name}`);
    return compact({ id: read.string('id'), externalId: read.text('externalId'), refName: read.text('refName') });
  }

  part(name: string): WireRecord {
    return recordOf(this.json[name] ?? {}, `${this.what}.${name}`);
  }

  lines(name: string): WireRecord[] {
    const value = this.json[name];
    if (value === undefined || value === null) return [];
    if (!isJson(value) || (value.items !== undefined && !Array.isArray(value.items))) throw this.#unfit(name, 'list');
    return ((value.items as unknown[] | undefined) ?? []).map((line, index) => recordOf(line, `${this.what}.${name}[${index}]`));
  }

  /** As it came, without links, so that it can be sent again. */
  bare(): Json {
    return withoutLinks(this.json) as Json;
  }
}

function withoutLinks(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutLinks);
  if (!isJson(value)) return value;
  if ('refName' in value && 'id' in value) return { id: value.id };
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => name !== 'links')
      .map(([name, part]) => [name, withoutLinks(part)]),
  );
}

export function recordOf(json: unknown, what: string): WireRecord {
  if (!isJson(json)) throw unfit(what, 'record');
  return new WireRecord(json, what);
}

const isJson = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

export const unfit = (field: string, rule: BrokenRule['rule']): RecordFault => new RecordFault('netsuite', [{ field, rule }]);

const malformed = (what: string): Problem =>
  new Problem('vendor-unavailable', `NetSuite's answer isn't ${what} as expected`, { code: 'malformed-answer' });
