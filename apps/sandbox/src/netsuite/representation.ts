import type { NetsuiteRow, Values } from './row.js';
import type { Field, Fields, RecordType } from './schema.js';

/** The records that others refer to. */
interface ReferencedRecords {
  get(type: string, id: string): NetsuiteRow | undefined;
  label(type: string, id: string): string | undefined;
}

/** How much of a record a GET requested. */
export interface View {
  /** True: all sublists and subrecords inline; or the names of those. */
  expand: boolean | string[];
  fields?: string[];
  simpleEnum: boolean;
  /** `…/services/rest/record/v1` */
  base: string;
}

export const linkTo = (href: string) => [{ rel: 'self', href }];

/**
 * A record as `GET /{type}/{id}` answers it: sublists and subrecords are links unless expanded,
 * absent values are left out.
 */
export function singular(records: ReferencedRecords, type: RecordType, row: NetsuiteRow, view: View): Record<string, unknown> {
  const href = `${view.base}/${type.name}/${row.id}`;
  const wanted = (name: string) => view.fields === undefined || view.fields.includes(name);
  const body: Record<string, unknown> = { links: linkTo(href), id: row.id };
  if (row.externalId !== undefined && wanted('externalId')) body.externalId = row.externalId;
  for (const [name, field] of Object.entries(type.fields)) {
    if (wanted(name)) put(body, name, fieldJson(records, field, row.values[name], `${href}/${name}`, view, inline(view, name)));
  }
  return body;
}

/** The content of a sublist or subrecord, as its own address and an expanded record give it. */
export function expanded(records: ReferencedRecords, field: Field, value: unknown, href: string, view: View): Record<string, unknown> {
  if (field.kind === 'part') return { links: linkTo(href), ...fieldsJson(records, field.fields, (value as Values | undefined) ?? {}, href, view) };
  const lines =
    field.kind === 'references'
      ? ((value as string[] | undefined) ?? []).map(id => reference(records, field.to, id, view.base))
      : field.kind === 'lines'
        ? ((value as Values[] | undefined) ?? []).map(line => {
            const at = `${href}/${String(line[field.key])}`;
            return { links: linkTo(at), ...fieldsJson(records, field.fields, line, at, view) };
          })
        : [];
  return { links: linkTo(href), items: lines, count: lines.length, hasMore: false, offset: 0, totalResults: lines.length };
}

/**
 * The whole record for the ledger, without links. References include the other record's external
 * id, so that a reader of the history needs no further look-up.
 */
export function snapshotOf(records: ReferencedRecords, type: RecordType, row: NetsuiteRow): Record<string, unknown> {
  return { id: row.id, ...(row.externalId === undefined ? {} : { externalId: row.externalId }), ...snapshotFields(records, type.fields, row.values) };
}

function snapshotFields(records: ReferencedRecords, fields: Fields, values: Values): Record<string, unknown> {
  const body: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(fields)) put(body, name, snapshotValue(records, field, values[name]));
  return body;
}

function snapshotValue(records: ReferencedRecords, field: Field, value: unknown): unknown {
  if (value === undefined) return undefined;
  switch (field.kind) {
    case 'reference':
      return referred(records, field.to, value as string);
    case 'references':
      return { items: (value as string[]).map(id => referred(records, field.to, id)) };
    case 'enum':
      return { id: value, refName: field.values[value as string] };
    case 'part':
      return snapshotFields(records, field.fields, value as Values);
    case 'lines':
      return { items: (value as Values[]).map(line => snapshotFields(records, field.fields, line)) };
    default:
      return value;
  }
}

function referred(records: ReferencedRecords, type: string, id: string): Record<string, unknown> {
  const body: Record<string, unknown> = { id };
  put(body, 'externalId', records.get(type, id)?.externalId);
  put(body, 'refName', records.label(type, id));
  return body;
}

function fieldsJson(records: ReferencedRecords, fields: Fields, values: Values, href: string, view: View): Record<string, unknown> {
  const body: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(fields)) put(body, name, fieldJson(records, field, values[name], `${href}/${name}`, view, true));
  return body;
}

function fieldJson(records: ReferencedRecords, field: Field, value: unknown, href: string, view: View, inlined: boolean): unknown {
  switch (field.kind) {
    case 'part':
    case 'lines':
    case 'references':
      return inlined ? expanded(records, field, value, href, view) : { links: linkTo(href) };
    case 'reference':
      return value === undefined ? undefined : reference(records, field.to, value as string, view.base);
    case 'enum':
      if (value === undefined || view.simpleEnum) return value;
      return { id: value, refName: field.values[value as string] };
    default:
      return value;
  }
}

function reference(records: ReferencedRecords, type: string, id: string, base: string): Record<string, unknown> {
  return withoutAbsent({ links: linkTo(`${base}/${type}/${id}`), id, refName: records.label(type, id) });
}

const inline = (view: View, name: string): boolean => view.expand === true || (Array.isArray(view.expand) && view.expand.includes(name));

const withoutAbsent = (body: Record<string, unknown>) => Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));

function put(body: Record<string, unknown>, name: string, value: unknown): void {
  if (value !== undefined) body[name] = value;
}
