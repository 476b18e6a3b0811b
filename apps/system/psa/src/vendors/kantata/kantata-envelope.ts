import { brokenRules, Problem, RecordFault, type BrokenRule, type Shape } from '#canonical';
import type { VendorAnswer } from '#connector';

// Shared by all of Kantata's answers. Only the fields we use are checked, on arrival. Ids are read
// as strings and sent as integers.

export interface KantataValue {
  custom_field_name: string;
  value: unknown;
}

export interface KantataReference {
  service_name: string;
  service_model: string;
  service_model_ref: string;
}

/** A record with custom fields and references. */
export interface KantataCarrier {
  id: string;
  created_at: string;
  updated_at: string;
  custom_field_values: KantataValue[];
  external_references: KantataReference[];
}

export interface KantataNamed {
  id: string;
  name: string;
}

export interface KantataUser {
  id: string;
  email_address: string;
  full_name: string;
  disabled?: boolean;
}

export interface KantataEvent {
  id: string;
  event_type: string;
  subject_id: string | number;
  context_workspace_id: string | number | null;
  created_at: string;
}

type Side = Record<string, Record<string, unknown>>;

interface Envelope {
  count: number;
  results: { key: string; id: string }[];
  [key: string]: unknown;
}

/** Association -> the plural key under which its records are side-loaded. */
export type Associations = Record<string, string>;

/** A row that lacks a field we need, or shows it in another shape. */
export interface UnfitRow<T> {
  /** Undefined: it shows none. */
  id: string | undefined;
  /** Its place on the page, from 0. */
  at: number;
  /** The fields that could be read nevertheless. */
  row: Partial<T>;
  error: RecordFault;
}

/** One page: the rows in order, with side-loaded records put inside them. */
export interface Rows<T> {
  rows: T[];
  unfit: UnfitRow<T>[];
  /** How many the page shows, fit or not. */
  shown: number;
  /** How many there are in all. */
  count: number;
}

export const NO_ROWS: Rows<never> = { rows: [], unfit: [], shown: 0, count: 0 };

/**
 * Reads an envelope. Throws `vendor-unavailable`, code `malformed-answer`, when it isn't one; an
 * unreadable row is reported by itself.
 */
export function rowsOf<T>(answer: VendorAnswer, plural: string, shape: Shape<T>, associations: Associations = {}): Rows<T> {
  const envelope = answer.json<Envelope | null>();
  if (envelope === null || typeof envelope !== 'object' || !Array.isArray(envelope.results) || !isCount(envelope.count))
    throw malformed(`no list of ${plural}`);
  const side = (envelope[plural] ?? {}) as Side;
  const page: Rows<T> = { rows: [], unfit: [], shown: envelope.results.length, count: envelope.count };
  for (const [at, result] of envelope.results.entries()) {
    const id = idIn((result as { id?: unknown } | null)?.id);
    const row = id === undefined ? undefined : side[id];
    if (typeof row !== 'object' || row === null) {
      page.unfit.push({
        id,
        at,
        row: {},
        error: unfit([id === undefined ? { field: 'id', rule: 'present' } : { field: `${plural} ${id}`, rule: 'shown' }]),
      });
      continue;
    }
    const read = { ...row, ...sideLoaded(row, envelope), ...associated(row, envelope, associations) } as Partial<T> & Carried;
    const broken = [...brokenRules<T>(read, shape), ...brokenInside(read)];
    if (broken.length === 0) page.rows.push(read as T);
    else page.unfit.push({ id, at, row: broken.some(({ field }) => field.startsWith('external_references')) ? {} : read, error: unfit(broken) });
  }
  return page;
}

export const unfit = (broken: BrokenRule[]): RecordFault => new RecordFault('kantata', broken);

const idIn = (id: unknown): string | undefined => (typeof id === 'string' && id !== '' ? id : typeof id === 'number' ? String(id) : undefined);

type Carried = Pick<KantataCarrier, 'custom_field_values' | 'external_references'>;

/** Side-loaded records are checked too. */
function brokenInside({ custom_field_values: values, external_references: references }: Carried): BrokenRule[] {
  const within = (field: string, broken: BrokenRule[]) => broken.map(one => ({ ...one, field: `${field}.${one.field}` }));
  return [
    ...values.flatMap(value => within('custom_field_values', brokenRules<KantataValue>(value, { custom_field_name: 'text' }))),
    ...references.flatMap(one => within('external_references', brokenRules<KantataReference>(one, REFERENCE))),
  ];
}

const REFERENCE: Shape<KantataReference> = { service_name: 'text', service_model: 'text', service_model_ref: 'id' };

/** The limit of counted pages: no account has more rows of anything. */
const MOST_ROWS = 20_000_000;

const isCount = (count: unknown): count is number => Number.isInteger(count) && (count as number) >= 0 && (count as number) <= MOST_ROWS;

function sideLoaded(row: Record<string, unknown>, envelope: Envelope): Record<string, unknown> {
  const of = (plural: string, ids: unknown) =>
    (Array.isArray(ids) ? (ids as string[]) : [])
      .map(id => (envelope[plural] as Side | undefined)?.[id])
      .filter(found => typeof found === 'object' && found !== null);
  const seat =
    row.resource_id === undefined || row.resource_id === null
      ? undefined
      : (envelope.workspace_resources as Side | undefined)?.[String(row.resource_id)];
  return {
    custom_field_values: of('custom_field_values', row.custom_field_value_ids),
    external_references: of('external_references', row.external_reference_ids),
    ...(seat ? { resource: { custom_field_values: [], external_references: [], ...seat } } : {}),
  };
}

/**
 * The record that each association names: null for none, undefined when it isn't stated or isn't
 * shown.
 */
function associated(row: Record<string, unknown>, envelope: Envelope, associations: Associations): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(associations).map(([name, plural]) => {
      const id = row[`${name}_id`];
      return [name, id === null ? null : (envelope[plural] as Side | undefined)?.[String(id)]];
    }),
  );
}

export const malformed = (what: string): Problem =>
  new Problem('vendor-unavailable', `kantata's answer can't be read: ${what}`, { code: 'malformed-answer' });

interface ErrorBody {
  errors?: { type?: string; message?: string; field?: string; index?: number }[];
}

/** Kantata's reasons for refusing a request: no codes, only types, fields and sentences. */
export function errorsOf(answer: VendorAnswer): { type: string; message: string; field?: string; index?: number }[] {
  try {
    const { errors } = answer.json<ErrorBody>();
    return (errors ?? []).map(({ type = 'system', message = '', field, index }) => ({ type, message, field, index }));
  } catch {
    return []; // a proxy's page: the status has to do
  }
}
