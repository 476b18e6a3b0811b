import type { Ledger, Store, Vendor, VendorAnswer, VendorCall, VendorRefusal, VendorRequest } from '../kit/index.js';
import type { Firm } from '../firm/firm.js';
import { Account, type KantataChoices, type KantataRow } from './account.js';
import { answer, badRequest, notFound, Refusal, refused, unauthenticated, unprocessable, type KantataFault } from './answers.js';
import { checkedReference, customFields, customFieldValues, externalReferences, putReference, putValue } from './custom-fields.js';
import { attachments, expenseCategories, expenses } from './expenses.js';
import { invoices } from './invoices.js';
import { Listing } from './listing.js';
import { rateCardRoles, rateCards, rateCardSets, rateCardSetVersions, rateCardVersions, roles, subscribedEvents, users } from './reference-data.js';
import { Records } from './records.js';
import { subjectTable, type Fields, type Resource } from './resource.js';
import { seedKantata } from './seed.js';
import { resourceRequests, workspaceAllocations, workspaceResources } from './staffing.js';
import { stories } from './stories.js';
import { BULK_RESOLUTIONS, expenseReportSubmissions, resolutions, resolveMany, timesheetSubmissions } from './submissions.js';
import { timeEntries } from './time-entries.js';
import { billingMilestones, participations, workspaces } from './workspaces.js';

const ALL = [
  workspaces,
  participations,
  billingMilestones,
  stories,
  workspaceResources,
  resourceRequests,
  workspaceAllocations,
  timeEntries,
  timesheetSubmissions,
  expenses,
  expenseReportSubmissions,
  expenseCategories,
  attachments,
  resolutions,
  invoices,
  users,
  roles,
  rateCardSets,
  rateCardSetVersions,
  rateCardVersions,
  rateCards,
  rateCardRoles,
  customFields,
  customFieldValues,
  externalReferences,
  subscribedEvents,
];

export interface KantataOptions extends Partial<KantataChoices> {
  /** The personal token that callers send as bearer. */
  token: string;
  /** The account's id. */
  account: string;
  /**
   * How many requests may run at once; absent: no limit. The real numbers are published only behind
   * the vendor's login.
   */
  concurrency?: number;
  /** How many requests a minute the account may make before it gets 429; absent: no limit. */
  requestsPerMinute?: number;
}

/** The contract sheet's proposals where the vendor's behaviour isn't known. */
const CHOSEN: KantataChoices = {
  bulkCreate: 'all-or-nothing',
  priceWithCents: 'kept',
  changingApproved: 'refused',
  changingInvoiced: 'refused',
  resolvingApproved: 'falls-back',
  approvalMovesLines: true,
  invoicingUnapproved: 'refused',
  fieldLengths: {},
  notices: {},
};

const chosen = (options: KantataOptions): Partial<KantataChoices> =>
  Object.fromEntries(Object.entries(options).filter(([name, value]) => name in CHOSEN && value !== undefined));

/**
 * Kantata OX, API v1, as the contract sheet has it. Seeds itself from the firm when its store is
 * empty.
 */
export function createKantata(store: Store, ledger: Ledger, firm: Firm, options: KantataOptions): Vendor {
  const account = new Account(store, ledger, options.account, { ...CHOSEN, ...chosen(options) });
  if (store.empty) store.transaction(() => seedKantata(account, firm));
  return new Kantata(account, options);
}

class Kantata implements Vendor {
  readonly name = 'kantata';
  readonly notices = ['drop', 'delay', 'duplicate'] as const;
  readonly concurrency?: number;
  readonly #resources = new Map(ALL.map(resource => [resource.plural, resource]));
  readonly #listing: Listing;
  readonly #records: Records;
  #recent: number[] = [];

  constructor(
    private readonly account: Account,
    private readonly options: KantataOptions,
  ) {
    this.concurrency = options.concurrency;
    this.#listing = new Listing(account, this.#resources);
    this.#records = new Records(account, (resource, row) => {
      const seat = resource === resourceRequests ? account.get('workspace_resources', row.resource_id) : undefined;
      return seat && { name: 'resource', resource: workspaceResources, row: seat };
    });
  }

  classify({ method, path }: VendorRequest): VendorCall | null {
    const route = routeOf(path);
    if (!route) return null;
    const upsert = route.id === 'create_or_update' || (method === 'POST' && route.plural === 'custom_field_values');
    const operations: Record<string, string> = {
      GET: route.id ? 'get' : 'list',
      POST: upsert ? 'upsert' : 'create',
      PUT: route.action ?? 'update',
      DELETE: 'delete',
    };
    return { kind: method === 'GET' ? 'read' : 'write', type: route.plural, operation: operations[method] ?? method.toLowerCase() };
  }

  handle(request: VendorRequest): VendorAnswer {
    if (request.headers.authorization !== `Bearer ${this.options.token}`) return unauthenticated();
    if (this.#overLimit()) return this.throttled();
    try {
      return this.account.transaction(() => this.#route(request), request.notice);
    } catch (error) {
      if (error instanceof Refusal) return refused(error);
      throw error;
    }
  }

  /** No Retry-After and no errors in the body, because what the vendor sends is not documented. */
  throttled(): VendorAnswer {
    return answer(429, { errors: [] });
  }

  failed(_: VendorRequest, status: number): VendorAnswer {
    return answer(status, { errors: [{ type: 'system', message: 'Something went wrong' }] });
  }

  /** There are no codes: `code` is the type of the error. */
  refused(_: VendorRequest, { code, message, status = code === 'validation' ? 422 : code === 'oauth' ? 401 : 400 }: VendorRefusal): VendorAnswer {
    return answer(status, { errors: [{ type: code, message }] });
  }

  down(): VendorAnswer {
    return answer(503, { errors: [{ type: 'system', message: 'Kantata OX is down for maintenance' }] });
  }

  #overLimit(): boolean {
    if (this.options.requestsPerMinute === undefined) return false;
    const now = Date.now();
    this.#recent = this.#recent.filter(at => at > now - 60_000);
    this.#recent.push(now);
    return this.#recent.length > this.options.requestsPerMinute;
  }

  #route(request: VendorRequest): VendorAnswer {
    const { method, path, query } = request;
    const route = routeOf(path);
    const verb = route && method === 'POST' ? BULK_RESOLUTIONS[route.plural] : undefined;
    if (verb) return answer(200, resolveMany(verb, parsed(request.body), this.#records));
    const resource = route && this.#resources.get(route.plural);
    if (!route || !resource) throw notFound(path);
    const { id } = route;
    if (method === 'GET' && id === 'me') return this.#me(query);
    if (method === 'GET') return answer(200, id ? this.#listing.one(resource, id, query) : this.#listing.list(resource, query));
    if (resource === externalReferences && id === 'create_or_update') return this.#reference(parsed(request.body), query);
    return this.#write(resource, route, request);
  }

  #write(resource: Resource, { id, action }: Route, { method, path, query, body }: VendorRequest): VendorAnswer {
    const write = ({ POST: 'create', PUT: 'update', DELETE: 'delete' } as const)[method];
    const act = method === 'PUT' && action !== undefined ? resource.actions?.[action] : undefined;
    if (action !== undefined ? !act : !write || !resource.writes.includes(write)) throw notFound(`${method} ${path}`);
    if (write === 'create') return this.#create(resource, parsed(body), query);
    if (write === 'delete' && id === undefined && resource.bulkDelete) return this.#deleteMany(resource, query, body);
    const row = id === undefined ? undefined : this.account.get(resource.plural, id);
    if (!row) throw notFound(`${resource.singular} ${id ?? ''}`);
    if (act) return this.#rows(resource, [act(row, body === '' ? {} : parsed(body), this.#records)], query);
    if (write === 'delete') {
      this.#records.delete(resource, row);
      return answer(204);
    }
    return this.#rows(resource, [this.#put(resource, row, rootOf(resource, parsed(body)), 0)], query);
  }

  /** `?ids=1,2`, or the same in the body. */
  #deleteMany(resource: Resource, query: URLSearchParams, body: string): VendorAnswer {
    const deleted = this.#records.deleteAll(resource, query.get('ids') ?? (body === '' ? undefined : parsed(body).ids));
    return resource.bulkDelete === 'ids' ? answer(200, { deleted: deleted.map(Number) }) : answer(204);
  }

  #me(query: URLSearchParams): VendorAnswer {
    return this.#rows(users, [this.account.me()!], query);
  }

  #rows(resource: Resource, rows: KantataRow[], query: URLSearchParams): VendorAnswer {
    const meta = { count: rows.length, page_count: 1, page_number: 1, page_size: 20 };
    return answer(200, { count: rows.length, ...this.#listing.envelope(resource, rows, query), meta });
  }

  /** The singular root key holds one object, the plural one an array. */
  #create(resource: Resource, body: Fields, query: URLSearchParams): VendorAnswer {
    const many = body[resource.plural];
    if (many === undefined) return this.#rows(resource, [this.#put(resource, null, rootOf(resource, body), 0)], query);
    if (!Array.isArray(many) || resource.bulk === undefined) throw badRequest(`${resource.plural}: bulk create is not possible`);
    if (many.length > resource.bulk) throw badRequest(`${resource.plural}: no more than ${resource.bulk} at once`);
    const rows: KantataRow[] = [];
    const faults: KantataFault[] = [];
    for (const [index, sent] of (many as Fields[]).entries()) {
      try {
        rows.push(this.account.attempt(() => this.#put(resource, null, sent, index)));
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        faults.push(...error.faults);
      }
    }
    if (faults.length > 0 && (this.account.choices.bulkCreate === 'all-or-nothing' || rows.length === 0)) throw new Refusal(422, faults);
    return this.#rows(resource, rows, query);
  }

  #put(resource: Resource, before: KantataRow | null, sent: Fields, index: number): KantataRow {
    try {
      return resource === customFieldValues ? this.#putValue(sent) : this.#records.put(resource, before, sent);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      throw new Refusal(
        error.status,
        error.faults.map(fault => (fault.type === 'validation' ? { ...fault, index } : fault)),
      );
    }
  }

  #putValue(sent: Fields): KantataRow {
    const { account } = this;
    const subject = account.get(subjectTable(sent.subject_type, sent.subject_id, account), sent.subject_id);
    if (!subject) throw unprocessable({ field: 'subject_id', message: 'Subject does not exist' });
    const before =
      account.valuesOf(`${String(sent.subject_type)}:${subject.id}`).find(value => value.custom_field_id === String(sent.custom_field_id)) ?? null;
    const row = putValue(String(sent.subject_type), subject.id, { custom_field_id: sent.custom_field_id, value: sent.value ?? null }, account);
    if (row === null) throw unprocessable({ field: 'value', message: "Value can't be blank" });
    account.ledger.record({ operation: before ? 'update' : 'create', type: 'custom_field_values', id: row.id, externalId: null, before, after: row });
    return row;
  }

  #reference(body: Fields, query: URLSearchParams): VendorAnswer {
    const sent = rootOf(externalReferences, body);
    const subject = this.account.get(subjectTable(sent.subject_type, sent.subject_id, this.account), sent.subject_id);
    if (!subject) throw unprocessable({ field: 'subject_id', message: 'Subject does not exist', index: 0 });
    const { row, before } = putReference(String(sent.subject_type), subject.id, checkedReference(sent)!, this.account);
    this.account.ledger.record({
      operation: before ? 'update' : 'create',
      type: 'external_references',
      id: row.id,
      externalId: row.service_model_ref as string,
      before,
      after: row,
    });
    return this.#rows(externalReferences, [row], query);
  }
}

interface Route {
  plural: string;
  id?: string;
  action?: string;
}

function routeOf(path: string): Route | null {
  const match = /^\/api\/v1\/([a-z_]+)(?:\/([A-Za-z0-9_]+))?(?:\/([a-z_]+))?(?:\.json)?$/.exec(path);
  return match ? { plural: match[1], id: match[2], action: match[3] } : null;
}

function parsed(body: string): Fields {
  try {
    const value: unknown = JSON.parse(body);
    if (value !== null && typeof value === 'object') return value as Fields;
  } catch {
    // Reported below, as for any other value that isn't an object.
  }
  throw badRequest('The body is not JSON');
}

function rootOf(resource: Resource, body: Fields): Fields {
  const sent = body[resource.singular];
  if (sent === null || typeof sent !== 'object') throw badRequest(`${resource.singular} is missing`);
  return sent as Fields;
}
