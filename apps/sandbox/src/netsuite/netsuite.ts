import type { Firm } from '../firm/firm.js';
import type { Ledger, Store, Vendor, VendorAnswer, VendorCall, VendorRequest } from '../kit/index.js';
import { badContent, badHeader, invalidLogin, noPermission, NetsuiteError, noSuchRecord, noSuchType, tooManyAtOnce } from './errors.js';
import { collection, pageOf } from './listing.js';
import { catalogue, schemaDocument } from './metadata.js';
import { Oauth, TOKEN_PATH, type OauthOptions } from './oauth.js';
import { recordPage } from './pages.js';
import { accepts, RecordService } from './record-service.js';
import { Records } from './records.js';
import { Schema, type CustomField } from './schema.js';
import { seed } from './seed.js';
import { Suiteql } from './suiteql.js';
import { suiteqlTables } from './suiteql.tables.js';

/**
 * The account `options.account` (`7654321_SB1`) and how it is set up. Points that nobody could verify are settings with the default
 * to build with, so that a client can be tried against either.
 */
export interface NetsuiteOptions extends OauthOptions {
  /** How many requests may run at once in the account; 15 unless said. The next is 429 CONCURRENCY_LIMIT_EXCEEDED. */
  concurrency?: number;
  /** The firm's own fields; `LARKFIELD_FIELDS` unless said. */
  customFields?: CustomField[];
  /** False: a role without SuiteAnalytics Workbook. */
  suiteAnalytics?: boolean;
  /** Fields per record type that the role may not write; dropped behind a 204. */
  writeProtected?: Record<string, string[]>;
  /** False: a milestone schedule is taken without its project. */
  milestoneScheduleNeedsJob?: boolean;
  /** `governanceLimits` is for administrators. */
  administrator?: boolean;
}

/** What the sample firm added: a job has no department and no tax code of its own. */
export const LARKFIELD_FIELDS: CustomField[] = [
  { type: 'job', name: 'custentity_cost_centre', field: { kind: 'reference', to: 'department' } },
  { type: 'job', name: 'custentity_tax_code', field: { kind: 'reference', to: 'salesTaxItem' } },
  { type: 'job', name: 'custentity_deal_id', field: { kind: 'text' } },
  { type: 'job', name: 'custentity_billing_method', field: { kind: 'text' } },
  { type: 'job', name: 'custentity_not_to_exceed', field: { kind: 'number' } },
  { type: 'customer', name: 'custentity_segment', field: { kind: 'text' } },
  { type: 'projectTask', name: 'custevent_role', field: { kind: 'text' } },
];

const REST = '/services/rest';
const DEFAULT_CONCURRENCY = 15;

/** A stand-in for one NetSuite account with OneWorld, SuiteTax, Project Management and Advanced Billing. */
export function createNetsuite(store: Store, ledger: Ledger, firm: Firm, options: NetsuiteOptions): Vendor {
  return new Netsuite(store, ledger, firm, options);
}

class Netsuite implements Vendor {
  readonly name = 'netsuite';
  readonly concurrency: number;
  readonly #schema: Schema;
  readonly #records: Records;
  readonly #service: RecordService;
  readonly #oauth: Oauth;
  readonly #suiteql: Suiteql;

  constructor(
    private readonly store: Store,
    ledger: Ledger,
    firm: Firm,
    private readonly options: NetsuiteOptions,
  ) {
    this.concurrency = options.concurrency ?? DEFAULT_CONCURRENCY;
    this.#schema = new Schema(options.customFields ?? LARKFIELD_FIELDS);
    this.#records = new Records(this.#schema, store, ledger);
    this.#oauth = new Oauth(store, options);
    this.#suiteql = new Suiteql(suiteqlTables(this.#records));
    this.#service = new RecordService(this.#records, {
      suiteAnalytics: options.suiteAnalytics ?? true,
      writeProtected: options.writeProtected ?? {},
      milestoneScheduleNeedsJob: options.milestoneScheduleNeedsJob ?? true,
    });
    if (this.#records.all('subsidiary').length === 0) store.transaction(() => seed(this.#records, firm));
  }

  classify(request: VendorRequest): VendorCall | null {
    if (request.path === TOKEN_PATH) return { kind: 'auth', type: 'token', operation: 'token' };
    const [service, , name, key] = partsOf(request);
    if (service === 'query') return { kind: 'read', type: 'suiteql', operation: 'query' };
    if (service === 'system') return { kind: 'read', type: 'system', operation: name ?? 'get' };
    if (service !== 'record' || name === undefined) return null;
    if (name === 'metadata-catalog') return { kind: 'read', type: 'metadata-catalog', operation: 'get' };
    const type = this.#schema.find(name)?.name ?? name;
    if (accepts(request, 'select-options')) return { kind: 'read', type, operation: 'select-options' };
    if (request.method === 'GET') return { kind: 'read', type, operation: key === undefined ? 'list' : 'get' };
    return {
      kind: 'write',
      type,
      operation: { POST: 'create', PUT: 'upsert', PATCH: 'update', DELETE: 'delete' }[request.method] ?? request.method.toLowerCase(),
    };
  }

  handle(request: VendorRequest): VendorAnswer {
    const page = request.method === 'GET' ? recordPage(this.#records, request) : undefined;
    if (page) return page;
    try {
      return this.classify(request)?.kind === 'write' ? this.store.transaction(() => this.#answer(request)) : this.#answer(request);
    } catch (error) {
      if (error instanceof NetsuiteError) return error.answer();
      throw error;
    }
  }

  throttled(): VendorAnswer {
    return tooManyAtOnce().answer();
  }

  failed(_request: VendorRequest, status: number): VendorAnswer {
    if (status === 401) return invalidLogin().answer();
    return new NetsuiteError(status, { detail: 'An unexpected error occurred. Error ID: sandbox', code: 'UNEXPECTED_ERROR' }).answer();
  }

  down(): VendorAnswer {
    const body =
      '<html><head><title>NetSuite</title></head><body><p>NetSuite is currently undergoing maintenance. Please try again later.</p></body></html>';
    return { status: 503, headers: { 'content-type': 'text/html;charset=utf-8' }, body };
  }

  #answer(request: VendorRequest): VendorAnswer {
    if (request.path === TOKEN_PATH) return request.method === 'POST' ? this.#oauth.token(request) : { status: 405 };
    this.#oauth.authorise(request);
    const [service, version, name, key, ...rest] = partsOf(request);
    const base = `${request.baseUrl}${REST}/record/v1`;
    if (version !== 'v1') throw noSuchRecord();
    if (service === 'system') return this.#system(name);
    if (service === 'query' && name === 'suiteql') return this.#query(request);
    if (service !== 'record' || name === undefined) throw noSuchRecord();
    if (name === 'metadata-catalog') return this.#metadata(key, request, base);
    const type = this.#schema.find(name);
    if (!type) throw noSuchType(name);
    if (key === undefined) return this.#service.collection(type, request, base);
    return rest.length === 0 ? this.#service.single(type, key, request, base) : this.#service.part(type, key, rest, request, base);
  }

  #query(request: VendorRequest): VendorAnswer {
    if (request.method !== 'POST') throw noSuchRecord();
    if (!/\btransient\b/i.test(request.headers.prefer ?? '')) throw badHeader('Prefer', request.headers.prefer ?? '');
    if (this.options.suiteAnalytics === false) throw noPermission();
    const page = pageOf(request.query);
    const rows = this.#suiteql.query(queryOf(request));
    const items = rows.slice(page.offset, page.offset + page.limit).map(row => ({ links: [], ...row }));
    const body = collection(`${request.baseUrl}${request.path}`, request.query, page, items, rows.length);
    return { status: 200, headers: { 'content-type': 'application/vnd.oracle.resource+json; type=collection; charset=UTF-8' }, body };
  }

  #metadata(name: string | undefined, request: VendorRequest, base: string): VendorAnswer {
    if (name === undefined || name === '') return { status: 200, body: catalogue(this.#schema.types, base) };
    const type = this.#schema.find(name);
    if (!type) throw noSuchType(name);
    if (!(request.headers.accept ?? '').includes('application/schema+json')) return { status: 200, body: catalogue([type], base) };
    return { status: 200, headers: { 'content-type': 'application/schema+json; charset=UTF-8' }, body: schemaDocument(type) };
  }

  #system(name: string | undefined): VendorAnswer {
    if (name === 'serverTime') return { status: 200, body: { serverTime: new Date().toISOString().replace(/\.\d+Z$/, 'Z') } };
    if (name !== 'governanceLimits') throw noSuchRecord();
    if (this.options.administrator !== true) throw noPermission();
    return {
      status: 200,
      body: { accountConcurrencyLimit: this.concurrency, accountUnallocatedConcurrencyLimit: this.concurrency, integrationLimitType: 'accountLimit' },
    };
  }
}

/** `record/v1/job/1201` of `/services/rest/record/v1/job/1201`. */
const partsOf = (request: VendorRequest): string[] =>
  request.path.startsWith(`${REST}/`)
    ? request.path
        .slice(REST.length + 1)
        .split('/')
        .map(decodeURIComponent)
        .filter(Boolean)
    : [];

function queryOf(request: VendorRequest): string {
  try {
    const { q } = JSON.parse(request.body) as { q?: unknown };
    if (typeof q === 'string') return q;
  } catch {
    // Not JSON: refused below like a body without a query.
  }
  throw badContent();
}
