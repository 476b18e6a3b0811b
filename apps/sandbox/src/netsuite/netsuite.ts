import type { Firm } from '../firm/firm.js';
import type { Ledger, Store, Vendor, VendorAnswer, VendorCall, VendorRefusal, VendorRequest, VendorSettings } from '../kit/index.js';
import { AsyncJobs, type AsyncOptions, isAsync, isCollection } from './async-jobs.js';
import {
  badContent,
  badHeader,
  invalidLogin,
  noPermission,
  NetsuiteError,
  noSuchRecord,
  noSuchType,
  tooManyAtOnce,
  unexpectedError,
} from './errors.js';
import { Books, type BooksOptions } from './books.js';
import { CONSOLE_PATH, FinanceConsole } from './finance-console.js';
import { collection, pageOf } from './listing.js';
import { catalogue, schemaDocument } from './metadata.js';
import { FIELD_LENGTHS } from './lengths.js';
import { type MilestoneAmounts, MilestoneBilling } from './milestone-billing.js';
import { Oauth, TOKEN_PATH, type OauthOptions } from './oauth.js';
import { recordPage } from './pages.js';
import { accepts, type RecordRequest, RecordService } from './record-service.js';
import { Records } from './records.js';
import { Schema, type CustomField, type RecordType } from './schema.js';
import { seed } from './seed.js';
import { Suiteql } from './suiteql.js';
import { suiteqlTables } from './suiteql-tables.js';

/**
 * The account `options.account` (`7654321_SB1`) and its setup. Points that nobody could verify are
 * settings, with the default to build for, so that a client can be tested with either value.
 */
export interface NetsuiteOptions extends OauthOptions, AsyncOptions, BooksOptions {
  /**
   * How many requests of the account may run at once; 15 by default. The next gets 429
   * CONCURRENCY_LIMIT_EXCEEDED.
   */
  concurrency?: number;
  /** The firm's own fields; `LARKFIELD_FIELDS` unless said. */
  customFields?: CustomField[];
  /** False: a role without SuiteAnalytics Workbook. */
  suiteAnalytics?: boolean;
  /** Fields per record type that the role may not write; dropped behind a 204. */
  writeProtected?: Record<string, string[]>;
  /** Other lengths than `FIELD_LENGTHS`, by the name of the field. */
  fieldLengths?: Record<string, number>;
  /** False: a milestone schedule is taken without its project. */
  milestoneScheduleNeedsJob?: boolean;
  /** What `milestoneAmount` contains: a percentage of the project's amount, or money. */
  milestoneAmounts?: MilestoneAmounts;
  /** `governanceLimits` is for administrators. */
  administrator?: boolean;
}

/**
 * The sample firm's own fields: standard jobs and lines of time have no department and no tax code.
 * The date of time is the day it was worked.
 */
export const LARKFIELD_FIELDS: CustomField[] = [
  { type: 'job', name: 'custentity_cost_centre', field: { kind: 'reference', to: 'department' } },
  { type: 'job', name: 'custentity_tax_code', field: { kind: 'reference', to: 'salesTaxItem' } },
  { type: 'job', name: 'custentity_deal_id', field: { kind: 'text' } },
  { type: 'job', name: 'custentity_billing_method', field: { kind: 'text' } },
  { type: 'job', name: 'custentity_not_to_exceed', field: { kind: 'number' } },
  { type: 'customer', name: 'custentity_segment', field: { kind: 'text' } },
  { type: 'customer', name: 'custentity_bill_to', field: { kind: 'reference', to: 'customer' } },
  { type: 'customer', name: 'custentity_reverse_charge', field: { kind: 'flag' } },
  { type: 'customer', name: 'custentity_po_required', field: { kind: 'flag' } },
  { type: 'projectTask', name: 'custevent_role', field: { kind: 'text' } },
  { type: 'timeBill', name: 'custcol_tax_code', field: { kind: 'reference', to: 'salesTaxItem' } },
  { type: 'timeBill', name: 'custcol_posting_date', field: { kind: 'date' } },
  { type: 'charge', name: 'custcol_tax_code', field: { kind: 'reference', to: 'salesTaxItem' } },
  ...[
    { type: 'expenseReport', sublist: 'expense' },
    ...['item', 'time', 'expCost'].map(sublist => ({ type: 'invoice', sublist })),
    { type: 'creditMemo', sublist: 'item' },
  ].map(line => ({ ...line, name: 'custcol_tax_code', field: { kind: 'reference' as const, to: 'salesTaxItem' } })),
];

const REST = '/services/rest';
/** Codes with another status than 400. */
const STATUS_OF: Record<string, number> = { CONCURRENCY_LIMIT_EXCEEDED: 429, NONEXISTENT_ID: 404, INVALID_LOGIN: 401, UNEXPECTED_ERROR: 500 };
const DEFAULT_CONCURRENCY = 15;
/** The operation on a job, by the depth of the path. */
const ASYNC_OPERATIONS = ['get', 'get', 'tasks', 'task', 'result'];

/**
 * A stand-in for one NetSuite account with OneWorld, SuiteTax, Project Management and Advanced
 * Billing.
 */
export function createNetsuite(store: Store, ledger: Ledger, firm: Firm, options: NetsuiteOptions): Vendor {
  return new Netsuite(store, ledger, firm, options);
}

class Netsuite implements Vendor {
  readonly name = 'netsuite';
  readonly concurrency: number;
  readonly #schema: Schema;
  readonly #records: Records;
  readonly #books: Books;
  readonly #service: RecordService;
  readonly #oauth: Oauth;
  readonly #suiteql: Suiteql;
  readonly #jobs: AsyncJobs;
  readonly #console: FinanceConsole;
  #refusalOfRecord: (call: VendorCall, request: VendorRequest) => VendorRefusal | undefined = () => undefined;

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
    this.#books = new Books(this.#records, options);
    const milestones = new MilestoneBilling(this.#records, this.#books.invoices, options.milestoneAmounts ?? 'percentage');
    this.#service = new RecordService(this.#records, this.#books, milestones, {
      suiteAnalytics: options.suiteAnalytics ?? true,
      writeProtected: options.writeProtected ?? {},
      fieldLengths: { ...FIELD_LENGTHS, ...options.fieldLengths },
      milestoneScheduleNeedsJob: options.milestoneScheduleNeedsJob ?? true,
    });
    this.#console = new FinanceConsole(store, this.#records, this.#books.invoices, milestones);
    if (this.#records.all('subsidiary').length === 0)
      store.transaction(() => seed(this.#records, this.#books, firm, options.milestoneAmounts ?? 'percentage'));
    this.#jobs = new AsyncJobs(store, options, (type, path, request) => {
      const { content } = request;
      const record = {
        ...request,
        path: `/${path.join('/')}`,
        get body() {
          return JSON.stringify(content ?? null); // written out only for faults that look at it
        },
      };
      const refusal = this.#refusalOfRecord({ kind: 'record', type, operation: request.method.toLowerCase() }, record);
      return refusal ? this.refused(request, refusal) : this.#record(this.#schema.type(type), path, request, `${REST}/record/v1`);
    });
  }

  classify(request: VendorRequest): VendorCall | null {
    if (request.path === TOKEN_PATH) return { kind: 'auth', type: 'token', operation: 'token' };
    const [service, , name, key, verb, target] = partsOf(request);
    if (service === 'query') return { kind: 'read', type: 'suiteql', operation: 'query' };
    if (service === 'system') return { kind: 'read', type: 'system', operation: name ?? 'get' };
    if (service === 'async') return { kind: 'read', type: 'asyncJob', operation: ASYNC_OPERATIONS[partsOf(request).length - 3] ?? 'get' };
    if (service !== 'record' || name === undefined) return null;
    if (name === 'metadata-catalog') return { kind: 'read', type: 'metadata-catalog', operation: 'get' };
    const type = this.#schema.find(name)?.name ?? name;
    const form = ['select-options', 'create-form'].find(shape => accepts(request, shape));
    if (form) return { kind: 'read', type, operation: form };
    if (verb === '!transform') return { kind: 'write', type: this.#schema.find(target ?? '')?.name ?? type, operation: 'transform' };
    if (verb?.startsWith('@')) return { kind: 'write', type, operation: verb.slice(1) };
    const batch = isAsync(request) && isCollection(request, key === undefined ? [] : [key]);
    if (request.method === 'GET') return { kind: 'read', type, operation: batch ? 'batch-get' : key === undefined ? 'list' : 'get' };
    const operation = { POST: 'create', PUT: 'upsert', PATCH: 'update', DELETE: 'delete' }[request.method] ?? request.method.toLowerCase();
    return { kind: 'write', type, operation: batch ? `batch-${operation}` : operation };
  }

  refuseRecords(refusalOf: (call: VendorCall, request: VendorRequest) => VendorRefusal | undefined): void {
    this.#refusalOfRecord = refusalOf;
  }

  get settings(): VendorSettings {
    return this.#jobs.settings;
  }

  close(): void {
    this.#jobs.close();
  }

  handle(request: VendorRequest): VendorAnswer {
    const page = request.method === 'GET' ? recordPage(this.#records, request) : undefined;
    if (page) return page;
    if (request.path.startsWith(CONSOLE_PATH)) return this.#console.handle(request);
    try {
      const writes = isAsync(request) || this.classify(request)?.kind === 'write';
      return writes ? this.store.transaction(() => this.#answer(request)) : this.#answer(request);
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
    return unexpectedError(status).answer();
  }

  refused(_request: VendorRequest, { code, message, status = STATUS_OF[code] ?? 400 }: VendorRefusal): VendorAnswer {
    return new NetsuiteError(status, { detail: message, code }).answer();
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
    if (service === 'async')
      return this.#jobs.answer(
        [name, key, ...rest].filter(part => part !== undefined),
        request,
      );
    if (service !== 'record' || name === undefined) throw noSuchRecord();
    if (name === 'metadata-catalog') return this.#metadata(key, request, base);
    const type = this.#schema.find(name);
    if (!type) throw noSuchType(name);
    const path = key === undefined ? [] : [key, ...rest];
    if (isAsync(request)) return this.#jobs.submit(type, path, request);
    return this.#record(type, path, request, base);
  }

  #record(type: RecordType, [key, ...rest]: string[], request: RecordRequest, base: string): VendorAnswer {
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
