import type { VendorAnswer, VendorRequest } from '../kit/index.js';
import { BodyReader, nameValidation } from './body.js';
import type { Books } from './books.js';
import { badContent, badParameter, noPermission, noSuchRecord, noSuchType, notAllowed, userError } from './errors.js';
import { parseFilter } from './filter.js';
import { collection, pageOf } from './listing.js';
import type { Records } from './records.js';
import type { NetsuiteRow, Values } from './row.js';
import type { MilestoneBilling } from './milestone-billing.js';
import { expanded, linkTo, singular, type View } from './representation.js';
import type { Field, RecordType } from './schema.js';
import { now } from './today.js';

export interface RecordServiceOptions {
  /**
   * False: the role lacks Reports > SuiteAnalytics Workbook, so every list and query is refused
   * while records by id work.
   */
  suiteAnalytics: boolean;
  /**
   * Fields per record type that the role may not write: they are dropped although the answer is
   * 204.
   */
  writeProtected: Record<string, string[]>;
  fieldLengths: Record<string, number>;
  /**
   * True: a Fixed Bid, Milestone schedule is refused without the project it belongs to, or when it
   * is public.
   */
  milestoneScheduleNeedsJob: boolean;
}

const MEDIA = 'application/vnd.oracle.resource+json';
const EXTERNAL_ID = /^[A-Za-z0-9_-]{1,120}$/;

/**
 * `/services/rest/record/v1/{type}`: single records and lists. Batches (`Prefer: respond-async` on
 * a collection) have their own service.
 */
export class RecordService {
  constructor(
    private readonly records: Records,
    private readonly books: Books,
    private readonly milestones: MilestoneBilling,
    private readonly options: RecordServiceOptions,
  ) {}

  collection(type: RecordType, request: RecordRequest, base: string): VendorAnswer {
    if (request.method === 'POST' || request.method === 'PATCH') {
      if (accepts(request, 'select-options')) return this.#selectOptions(type, request);
      if (request.method === 'POST') return this.#create(type, request, base);
    }
    if (request.method !== 'GET') throw notAllowed(request.method);
    if (!this.options.suiteAnalytics) throw noPermission();
    const page = pageOf(request.query);
    const filter = request.query.get('q');
    const rows = filter ? this.records.all(type.name).filter(parseFilter(filter, type)) : this.records.all(type.name);
    const items = rows.slice(page.offset, page.offset + page.limit).map(({ id }) => ({ links: linkTo(`${base}/${type.name}/${id}`), id }));
    return ok(collection(`${base}/${type.name}`, request.query, page, items, rows.length), 'collection');
  }

  single(type: RecordType, key: string, request: RecordRequest, base: string): VendorAnswer {
    switch (request.method) {
      case 'GET':
        return ok(singular(this.records, type, this.records.require(type.name, key), viewOf(request, base)), 'singular');
      case 'PUT':
        return this.#upsert(type, key, request, base);
      case 'PATCH':
        if (accepts(request, 'select-options')) return this.#selectOptions(type, request);
        return this.#patch(type, key, request, base);
      case 'DELETE':
        return this.#delete(type, key);
      default:
        throw notAllowed(request.method);
    }
  }

  /**
   * A sublist or subrecord at the address that an unexpanded record links to, a `!transform` or an
   * `@action`.
   */
  part(type: RecordType, key: string, path: string[], request: RecordRequest, base: string): VendorAnswer {
    const row = this.records.require(type.name, key);
    if (request.method === 'POST' && path[0] === '!transform' && path.length === 2) return this.#transform(type, row, path[1], request, base);
    if (request.method === 'POST' && path[0].startsWith('@') && path.length === 1) return this.#act(type, row, path[0]);
    if (request.method !== 'GET') throw notAllowed(request.method);
    const field: Field | undefined = type.fields[path[0]];
    if (!field || !['lines', 'part', 'references'].includes(field.kind) || path.length > 1) throw noSuchRecord();
    return ok(expanded(this.records, field, row.values[path[0]], `${base}/${type.name}/${row.id}/${path[0]}`, viewOf(request, base)), 'collection');
  }

  #transform(source: RecordType, row: NetsuiteRow, name: string, request: RecordRequest, base: string): VendorAnswer {
    const target = this.records.schema.find(name);
    if (!target) throw noSuchType(name);
    if (accepts(request, 'create-form')) {
      const form = { id: '', values: this.books.form(source.name, row, target.name) };
      return ok(singular(this.records, target, form, { expand: true, simpleEnum: false, base }), 'create-form');
    }
    const body = request.body === '' && request.content === undefined ? {} : parse(request);
    const start = this.books.transformed(source.name, row, target.name, body);
    return this.#make(target, request, body, start, base);
  }

  #act(type: RecordType, row: NetsuiteRow, action: string): VendorAnswer {
    const approvalStatus = type.name === 'timeSheet' ? { '@approve': '3', '@reject': '4' }[action] : undefined;
    if (approvalStatus === undefined) throw noSuchRecord();
    this.records.put(type, { ...row, values: { ...row.values, approvalStatus } }, 'update');
    return { status: 200, body: { result: true } };
  }

  #create(type: RecordType, request: RecordRequest, base: string): VendorAnswer {
    return this.#make(type, request, parse(request), {}, base);
  }

  /** `start`: the record's values before the body is read. */
  #make(type: RecordType, request: RecordRequest, body: Record<string, unknown>, start: Values, base: string): VendorAnswer {
    const externalId = externalIdOf(body);
    const values = this.#read(type, request, body, start);
    const row: NetsuiteRow = { id: this.records.nextId(type), ...(externalId === undefined ? {} : { externalId }), values };
    return this.#save(type, this.#defaulted(type, row), undefined, body, base);
  }

  #upsert(type: RecordType, key: string, request: RecordRequest, base: string): VendorAnswer {
    if (!key.startsWith('eid:')) throw userError('An upsert is possible by external id only.');
    const externalId = key.slice(4);
    refuseBadExternalId(externalId);
    const existing = this.records.byExternalId(type.name, externalId);
    const body = parse(request);
    if (existing) {
      if (type.appendOnly) throw notAllowed('PUT');
      return this.#save(type, { ...existing, values: this.#read(type, request, body, existing.values) }, existing, body, base);
    }
    const values = this.#read(type, request, body, {});
    return this.#save(type, this.#defaulted(type, { id: this.records.nextId(type), externalId, values }), undefined, body, base);
  }

  #patch(type: RecordType, key: string, request: RecordRequest, base: string): VendorAnswer {
    if (type.appendOnly) throw notAllowed('PATCH');
    const existing = this.records.require(type.name, key);
    const body = parse(request);
    const externalId = externalIdOf(body) ?? existing.externalId;
    const cleared = request.query.get('replaceSelectedFields') === 'true' ? listOf(request, 'replace') : [];
    const kept = Object.fromEntries(Object.entries(existing.values).filter(([name]) => !cleared.includes(name) || name in body));
    const row = { ...existing, ...(externalId === undefined ? {} : { externalId }), values: this.#read(type, request, body, kept) };
    return this.#save(type, row, existing, body, base);
  }

  #delete(type: RecordType, key: string): VendorAnswer {
    if (type.appendOnly) throw notAllowed('DELETE');
    const row = this.records.require(type.name, key);
    this.books.deleting(type.name, row);
    this.records.delete(type, row);
    return { status: 204 };
  }

  #read(type: RecordType, request: RecordRequest, body: Record<string, unknown>, existing: Values): Values {
    const reader = new BodyReader(this.records, {
      validation: nameValidation(request.headers['x-netsuite-propertynamevalidation']),
      replace: listOf(request, 'replace'),
      writeProtected: this.options.writeProtected[type.name] ?? [],
      lengths: this.options.fieldLengths,
    });
    return reader.read(type, body, existing);
  }

  #save(type: RecordType, row: NetsuiteRow, before: NetsuiteRow | undefined, body: Record<string, unknown>, base: string): VendorAnswer {
    this.records.check(type, row);
    if (type.name === 'billingSchedule') this.#refuseLooseMilestones(row.values);
    const values = type.name === 'billingSchedule' ? this.milestones.saved(row.values) : this.books.saved(type.name, row, before, body);
    const kept = this.records.put(type, { ...row, values }, before ? 'update' : 'create');
    if (!before) this.books.made(type.name, kept);
    return { status: 204, headers: { location: `${base}/${type.name}/${row.id}` } };
  }

  #refuseLooseMilestones({ scheduleType, job, isPublic }: Values): void {
    if (!this.options.milestoneScheduleNeedsJob || scheduleType !== 'FBM') return;
    if (job === undefined) throw userError('Error while accessing a resource. Please enter value(s) for: Project.', 'job');
    if (isPublic === true) throw userError('Error while accessing a resource. A Fixed Bid, Milestone billing schedule cannot be public.', 'isPublic');
  }

  /** The values that the account fills in when a record is made. */
  #defaulted(type: RecordType, row: NetsuiteRow): NetsuiteRow {
    const defaults: Record<string, Values> = {
      customer: { isPerson: false, entityStatus: '13', balance: 0, entityId: `CUST${row.id}` },
      job: {
        entityStatus: '2',
        allowTime: true,
        allowExpenses: true,
        limitTimeToAssignees: false,
        allowAllResourcesForTasks: true,
        entityId: `PRJ${row.id}`,
      },
      projectTask: { status: 'NOTSTART', nonBillableTask: false, actualWork: 0 },
      employee: { entityId: `${String(row.values.firstName)} ${String(row.values.lastName)}` },
    };
    const inactive = 'isInactive' in type.fields ? { isInactive: false } : {};
    const stamp = 'dateCreated' in type.fields ? 'dateCreated' : 'createdDate';
    const created = stamp in type.fields ? { [stamp]: now() } : {};
    return { ...row, values: { ...inactive, ...defaults[type.name], ...this.#ofCustomer(type, row.values), ...created } };
  }

  #ofCustomer(type: RecordType, values: Values): Values {
    return type.transaction && 'job' in type.fields ? this.books.customerOf(values) : values;
  }

  /** The allowed values of enum and reference fields named in `fields`; nothing is saved. */
  #selectOptions(type: RecordType, request: VendorRequest): VendorAnswer {
    const names = listOf(request, 'fields');
    const wanted = names.length > 0 ? names : Object.keys(type.fields).filter(name => ['enum', 'reference'].includes(type.fields[name].kind));
    const answer: Record<string, unknown> = { links: [] };
    for (const name of wanted) {
      const field = type.fields[name];
      if (!field) throw badParameter(`Invalid query parameter value. Record ${type.name} has no field '${name}'.`, 'fields');
      const items = this.#allowed(field);
      answer[name] = { links: [], count: items.length, hasMore: false, items, offset: 0, totalResults: items.length };
    }
    return ok(answer, 'select-options');
  }

  #allowed(field: Field): { id: string; refName: string }[] {
    if (field.kind === 'enum') return Object.entries(field.values).map(([id, refName]) => ({ id, refName }));
    if (field.kind !== 'reference') return [];
    return this.records
      .all(field.to)
      .filter(({ values }) => values.isInactive !== true)
      .map(({ id }) => ({ id, refName: this.records.label(field.to, id) ?? id }));
  }
}

const ok = (body: Record<string, unknown>, shape: string): VendorAnswer => ({
  status: 200,
  headers: { 'content-type': `${MEDIA}; type=${shape}; charset=UTF-8` },
  body,
});

export const accepts = (request: VendorRequest, shape: string): boolean => (request.headers.accept ?? '').includes(`type=${shape}`);

const listOf = (request: VendorRequest, name: string): string[] => (request.query.get(name) ?? '').split(',').filter(Boolean);

/** A request that may come with its body read already: an item of a batch. */
export type RecordRequest = VendorRequest & { content?: unknown };

/** Bodies are JSON of one record; a collection type belongs to a batch. */
function parse(request: RecordRequest): Record<string, unknown> {
  if (request.content !== undefined) return request.content as Record<string, unknown>;
  const type = request.headers['content-type'] ?? '';
  if (!type.includes('json') || type.includes('type=collection')) throw badContent();
  try {
    const body: unknown = JSON.parse(request.body);
    if (typeof body === 'object' && body !== null && !Array.isArray(body) && !('items' in body)) return body as Record<string, unknown>;
  } catch {
    // Not JSON: refused like any other content that isn't a record.
  }
  throw badContent();
}

function externalIdOf(body: Record<string, unknown>): string | undefined {
  if (body.externalId === undefined || body.externalId === null) return undefined;
  refuseBadExternalId(body.externalId);
  return body.externalId as string;
}

function refuseBadExternalId(externalId: unknown): void {
  if (typeof externalId !== 'string' || !EXTERNAL_ID.test(externalId)) throw badContent();
}

function viewOf(request: VendorRequest, base: string): View {
  const fields = listOf(request, 'fields');
  const expand = listOf(request, 'expand');
  return {
    expand: request.query.get('expandSubResources') === 'true' || expand,
    ...(fields.length > 0 ? { fields } : {}),
    simpleEnum: request.query.get('simpleEnumFormat') === 'true',
    base,
  };
}
