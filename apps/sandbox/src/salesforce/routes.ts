import type { VendorAnswer, VendorCall, VendorRequest } from '../kit/index.js';
import { Collections, type Body } from './collections.js';
import { describeHead, describeObject } from './describe.js';
import type { Org } from './org.js';
import type { Queries } from './queries.js';
import { parseId } from './record-id.js';
import { resourceMissing, SalesforceError } from './salesforce-error.js';
import type { ObjectSchema } from './schema.js';
import { upsertRecord } from './upserts.js';

/** A data request cut up: `rest` are the decoded path segments behind `/services/data/v67.0`. */
export interface DataRequest extends VendorRequest {
  base: string;
  version: number;
  rest: string[];
}

export interface Route {
  call: VendorCall;
  answer(): VendorAnswer;
}

const ok = (body: unknown): VendorAnswer => ({ status: 200, body });
const NOT_ALLOWED = 'HTTP Method not allowed. Allowed are';

/** The resources under /services/data/vXX.X: one method per resource. */
export class Routes {
  readonly #collections: Collections;

  constructor(
    private readonly org: Org,
    private readonly queries: Queries,
    private readonly limits: () => unknown,
  ) {
    this.#collections = new Collections(org);
  }

  find(request: DataRequest): Route {
    const [resource] = request.rest;
    switch (resource) {
      case undefined:
        return { call: { kind: 'read', type: 'Resources', operation: 'get' }, answer: () => ok(resources(request.base)) };
      case 'query':
      case 'queryAll':
        return this.#query(request, resource === 'queryAll');
      case 'limits':
        return { call: { kind: 'read', type: 'Limits', operation: 'get' }, answer: () => ok(this.limits()) };
      case 'sobjects':
        return this.#sobjects(request);
      case 'composite':
        return this.#composite(request);
      default:
        throw resourceMissing();
    }
  }

  #query(request: DataRequest, deleted: boolean): Route {
    const hint = request.headers['sforce-query-options'];
    const locator = request.rest[1];
    if (locator)
      return { call: { kind: 'read', type: 'Locator', operation: 'query-more' }, answer: () => ok(this.queries.more(locator, request.base, hint)) };
    const soql = request.query.get('q');
    const type = fromOf(soql ?? '');
    return {
      call: { kind: 'read', type: this.org.schema.find(type)?.name ?? type, operation: 'query' },
      answer: () => {
        if (soql === null) throw new SalesforceError(400, 'MALFORMED_QUERY', 'A query string has to be specified');
        return ok(this.queries.run(soql, deleted, request.base, hint));
      },
    };
  }

  #sobjects(request: DataRequest): Route {
    const [, type, id, ...more] = request.rest;
    if (type === undefined)
      return { call: { kind: 'read', type: 'Global', operation: 'describe' }, answer: () => ok(this.#globalDescribe(request.base)) };
    const object = this.org.object(type);
    if (id === undefined) return this.#collectionOf(request, object);
    if (id === 'describe')
      return {
        call: { kind: 'read', type: object.name, operation: 'describe' },
        answer: () => ok(describeObject(this.org.schema, object, request.base)),
      };
    if (id === 'updated' || id === 'deleted') {
      return { call: { kind: 'read', type: object.name, operation: id }, answer: () => ok(this.#changedBetween(object, request, id === 'deleted')) };
    }
    if (more.length > 0) return this.#byKey(request, object, id, more.join('/'));
    return this.#record(request, object, id);
  }

  #collectionOf(request: DataRequest, object: ObjectSchema): Route {
    if (request.method === 'POST') {
      return {
        call: { kind: 'write', type: object.name, operation: 'create' },
        answer: () => ({ status: 201, body: { id: this.org.create(object, json(request)).id, success: true, errors: [] } }),
      };
    }
    if (request.method !== 'GET') throw notAllowed('GET, POST');
    return {
      call: { kind: 'read', type: object.name, operation: 'describe' },
      answer: () => ok({ objectDescribe: describeHead(object, request.base), recentItems: [] }),
    };
  }

  #record(request: DataRequest, object: ObjectSchema, id: string): Route {
    switch (request.method) {
      case 'GET':
        return { call: { kind: 'read', type: object.name, operation: 'get' }, answer: () => ok(this.#shown(request, object, id)) };
      case 'PATCH':
        return {
          call: { kind: 'write', type: object.name, operation: 'update' },
          answer: () => (this.org.update(object, id, json(request)), { status: 204 }),
        };
      case 'DELETE':
        return { call: { kind: 'write', type: object.name, operation: 'delete' }, answer: () => (this.org.delete(object, id), { status: 204 }) };
      default:
        throw notAllowed('DELETE, GET, HEAD, PATCH');
    }
  }

  #byKey(request: DataRequest, object: ObjectSchema, keyField: string, key: string): Route {
    const field = object.byName.get(keyField.toLowerCase());
    if (!field) throw resourceMissing();
    const one = () => {
      const [found, ...others] = this.org.byKey(object, field, key);
      if (!found) throw resourceMissing();
      return { found, others };
    };
    switch (request.method) {
      case 'GET':
        return {
          call: { kind: 'read', type: object.name, operation: 'get' },
          answer: () => {
            const { found, others } = one();
            return others.length > 0 ? choices(request, object, [found, ...others]) : ok(this.#shown(request, object, found.id));
          },
        };
      case 'PATCH':
        return { call: { kind: 'write', type: object.name, operation: 'upsert' }, answer: () => this.#upsert(request, object, keyField, key) };
      case 'DELETE':
        return {
          call: { kind: 'write', type: object.name, operation: 'delete' },
          answer: () => (this.org.delete(object, one().found.id), { status: 204 }),
        };
      default:
        throw notAllowed('DELETE, GET, HEAD, PATCH');
    }
  }

  #upsert(request: DataRequest, object: ObjectSchema, keyField: string, key: string): VendorAnswer {
    const result = upsertRecord(
      this.org,
      object,
      object.byName.get(keyField.toLowerCase())!,
      key,
      json(request),
      request.query.get('updateOnly') === 'true',
    );
    if (result.matches) return choices(request, object, result.matches);
    const { record, created } = result;
    if (!created && request.version < 46) return { status: 204 };
    return { status: created ? 201 : 200, body: { id: record.id, success: true, errors: [], ...(request.version < 46 ? {} : { created }) } };
  }

  #composite(request: DataRequest): Route {
    const [, collection, type, keyField] = request.rest;
    if (collection !== 'sobjects') throw resourceMissing();
    const body = () => json(request) as Body;
    if (type && keyField && request.method === 'PATCH') {
      const object = this.org.object(type);
      return {
        call: { kind: 'write', type: object.name, operation: 'upsert' },
        answer: () => ok(this.#collections.upsert(object, keyField, body())),
      };
    }
    if (type && request.method === 'POST') {
      const object = this.org.object(type);
      return { call: { kind: 'read', type: object.name, operation: 'get' }, answer: () => ok(this.#retrieved(request, object)) };
    }
    if (request.method === 'DELETE') {
      const ids = (request.query.get('ids') ?? '').split(',').filter(Boolean);
      const first = this.org.schema.objects.find(o => ids[0]?.startsWith(o.keyPrefix));
      const allOrNone = request.query.get('allOrNone') === 'true';
      return {
        call: { kind: 'write', type: first?.name ?? 'Records', operation: 'delete' },
        answer: () => ok(this.#collections.delete(ids, allOrNone)),
      };
    }
    if (request.method !== 'POST' && request.method !== 'PATCH') throw notAllowed('DELETE, PATCH, POST');
    const creating = request.method === 'POST';
    return {
      call: { kind: 'write', type: /"type"\s*:\s*"(\w+)"/.exec(request.body)?.[1] ?? 'Records', operation: creating ? 'create' : 'update' },
      answer: () => ok(creating ? this.#collections.create(body()) : this.#collections.update(body())),
    };
  }

  #retrieved(request: DataRequest, object: ObjectSchema): unknown[] {
    const { ids = [], fields = [] } = json(request) as { ids?: string[]; fields?: string[] };
    return ids.map(id => {
      const row = parseId(id) ? this.org.get(object, parseId(id)!) : undefined;
      return row && row.IsDeleted !== true ? this.queries.show(object, row, withId(fields), request.base) : null;
    });
  }

  #shown(request: DataRequest, object: ObjectSchema, id: string): unknown {
    const fields = request.query.get('fields');
    return this.queries.show(object, this.org.existing(object, id), fields === null ? null : withId(fields.split(',')), request.base);
  }

  #globalDescribe(base: string) {
    return { encoding: 'UTF-8', maxBatchSize: 200, sobjects: this.org.schema.objects.map(object => describeHead(object, base)) };
  }

  /** GET /sobjects/{T}/updated|deleted?start=&end=: ids of a window of at most 30 days. */
  #changedBetween(object: ObjectSchema, { query }: DataRequest, deleted: boolean) {
    const [start, end] = ['start', 'end'].map(name => new Date((query.get(name) ?? '').replace(' ', '+')));
    if (Number.isNaN(start.getTime()) || Number.isNaN(end.getTime()))
      throw new SalesforceError(400, 'MISSING_ARGUMENT', 'start and end: give a date and time each');
    if (end.getTime() - start.getTime() > 30 * 86_400_000)
      throw new SalesforceError(400, 'EXCEEDED_ID_LIMIT', 'startDate: the window is longer than 30 days');
    const inside = (at: unknown) =>
      Date.parse(String(at).replace('+0000', 'Z')) >= start.getTime() && Date.parse(String(at).replace('+0000', 'Z')) < end.getTime();
    const rows = this.org.all(object, true).filter(row => (row.IsDeleted === true) === deleted && inside(row.SystemModstamp));
    const latestDateCovered = end.toISOString().replace('Z', '+0000');
    if (!deleted) return { ids: rows.map(row => row.id), latestDateCovered };
    return {
      deletedRecords: rows.map(row => ({ deletedDate: row.SystemModstamp, id: row.id })),
      earliestDateAvailable: start.toISOString().replace('Z', '+0000'),
      latestDateCovered,
    };
  }
}

const withId = (fields: string[]): string[] => (fields.some(field => field.toLowerCase() === 'id') ? fields : ['Id', ...fields]);

const resources = (base: string) =>
  Object.fromEntries(['sobjects', 'query', 'queryAll', 'limits', 'composite'].map(name => [name, `${base}/${name}`]));

const choices = (request: DataRequest, object: ObjectSchema, matches: { id: string }[]): VendorAnswer => ({
  status: 300,
  body: matches.map(match => `${request.base}/sobjects/${object.name}/${match.id}`),
});

const notAllowed = (methods: string) => new SalesforceError(405, 'METHOD_NOT_ALLOWED', `${NOT_ALLOWED} ${methods}`);

/**
 * The object a query is about: the last FROM outside parentheses; the word itself when it names
 * none.
 */
function fromOf(soql: string): string {
  let flat = soql.replace(/'(\\.|[^'\\])*'/g, "''");
  for (let inner = ''; inner !== flat;) {
    inner = flat;
    flat = flat.replace(/\([^()]*\)/g, ' ');
  }
  return /\bfrom\s+(\w+)/i.exec(flat)?.[1] ?? 'Query';
}

function json({ body, headers }: VendorRequest): Record<string, unknown> {
  if (!/^application\/json(;|$)/i.test(headers['content-type'] ?? '')) {
    throw new SalesforceError(415, 'UNSUPPORTED_MEDIA_TYPE', `Content type '${headers['content-type'] ?? ''}' is not supported`);
  }
  try {
    const parsed: unknown = JSON.parse(body);
    if (parsed !== null && typeof parsed === 'object' && !Array.isArray(parsed)) return parsed as Record<string, unknown>;
  } catch (error) {
    throw new SalesforceError(400, 'JSON_PARSER_ERROR', `${(error as Error).message} at [line:1, column:1]`);
  }
  throw new SalesforceError(400, 'JSON_PARSER_ERROR', 'The HTTP entity body is required, but this request has no entity body. at [line:1, column:0]');
}
