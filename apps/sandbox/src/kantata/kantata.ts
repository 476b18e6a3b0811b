import type { Ledger, Store, Vendor, VendorAnswer, VendorCall, VendorRequest } from '../kit/index.js';
import type { Firm } from '../firm/firm.js';
import { Account, type KantataChoices, type KantataRow } from './account.js';
import { answer, badRequest, notFound, Refusal, refused, unauthenticated, unprocessable, type KantataFault } from './answers.js';
import { checkedReference, checkedValues, customFields, customFieldValues, externalReferences, putReference, putValue } from './custom-fields.js';
import { Listing } from './listing.js';
import { rateCardRoles, rateCards, rateCardSets, rateCardSetVersions, rateCardVersions, roles, subscribedEvents, users } from './reference-data.js';
import { accepted, subjectTable, type Fields, type Resource } from './resource.js';
import { seedKantata } from './seed.js';
import { resourceRequests, timeEntries, workspaceAllocations, workspaceResources } from './staffing.js';
import { stories } from './stories.js';
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
  /** How many requests may run at once; absent: no limit. The real numbers are behind the vendor's login. */
  concurrency?: number;
  /** How many requests a minute the account may make before 429; absent: no limit. */
  requestsPerMinute?: number;
}

/** Kantata OX, API v1, as the contract sheet has it. Seeds itself from the firm when its store is empty. */
export function createKantata(store: Store, ledger: Ledger, firm: Firm, options: KantataOptions): Vendor {
  const { bulkCreate = 'all-or-nothing', priceWithCents = 'kept', notices = {} } = options;
  const account = new Account(store, ledger, options.account, { bulkCreate, priceWithCents, notices });
  if (store.empty) store.transaction(() => seedKantata(account, firm));
  return new Kantata(account, options);
}

class Kantata implements Vendor {
  readonly name = 'kantata';
  readonly concurrency?: number;
  readonly #resources = new Map(ALL.map(resource => [resource.plural, resource]));
  readonly #listing: Listing;
  #recent: number[] = [];

  constructor(
    private readonly account: Account,
    private readonly options: KantataOptions,
  ) {
    this.concurrency = options.concurrency;
    this.#listing = new Listing(account, this.#resources);
  }

  classify({ method, path }: VendorRequest): VendorCall | null {
    const route = routeOf(path);
    if (!route) return null;
    const upsert = route.id === 'create_or_update' || (method === 'POST' && route.plural === 'custom_field_values');
    const operations: Record<string, string> = {
      GET: route.id ? 'get' : 'list',
      POST: upsert ? 'upsert' : 'create',
      PUT: 'update',
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

  /** No Retry-After and no errors in the body: what the vendor sends is not documented. */
  throttled(): VendorAnswer {
    return answer(429, { errors: [] });
  }

  failed(_: VendorRequest, status: number): VendorAnswer {
    return answer(status, { errors: [{ type: 'system', message: 'Something went wrong' }] });
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

  #route({ method, path, query, body }: VendorRequest): VendorAnswer {
    const route = routeOf(path);
    const resource = route && this.#resources.get(route.plural);
    if (!route || !resource) throw notFound(path);
    const { id } = route;
    if (method === 'GET' && id === 'me') return this.#me(query);
    if (method === 'GET') return answer(200, id ? this.#listing.one(resource, id, query) : this.#listing.list(resource, query));
    const write = ({ POST: 'create', PUT: 'update', DELETE: 'delete' } as const)[method];
    if (route.plural === 'external_references' && id === 'create_or_update') return this.#reference(parsed(body), query);
    if (!write || !resource.writes.includes(write)) throw notFound(`${method} ${path}`);
    if (write === 'create') return this.#create(resource, parsed(body), query);
    const row = id === undefined ? undefined : this.account.get(resource.plural, id);
    if (!row) throw notFound(`${resource.singular} ${id ?? ''}`);
    if (write === 'delete') return this.#delete(resource, row);
    const changed = this.#put(resource, row, rootOf(resource, parsed(body)), 0);
    return this.#rows(resource, [changed], query);
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
        rows.push(this.#put(resource, null, sent, index));
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
      return resource === customFieldValues ? this.#putValue(sent) : this.#putRow(resource, before, sent);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      throw new Refusal(
        error.status,
        error.faults.map(fault => (fault.type === 'validation' ? { ...fault, index } : fault)),
      );
    }
  }

  /** One record with its custom fields and its reference: one write, one row of the ledger, one notice. */
  #putRow(resource: Resource, before: KantataRow | null, sent: Fields): KantataRow {
    const { account } = this;
    const fields = accepted(resource, sent, account);
    if (before === null) this.#require(resource, sent);
    const recordBefore = before && this.#record(resource, before);
    const whole: Fields = before === null ? { ...resource.defaults?.(sent, account), ...fields } : { ...before, ...fields };
    resource.check?.(whole, before, account);
    const values = resource.subject ? checkedValues(valueSubject(resource.subject), sent.custom_fields, account) : [];
    const reference = resource.subject ? checkedReference(sent.external_reference) : null;
    let row = before === null ? account.insert(resource.plural, whole) : account.change(resource.plural, before, whole);
    row = resource.after?.(row, before, sent, account) ?? row;
    for (const value of values) putValue(valueSubject(resource.subject!), row.id, value, account);
    if (reference) putReference(resource.subject!, row.id, reference, account);
    account.ledger.record({
      operation: before === null ? 'create' : 'update',
      type: resource.plural,
      id: row.id,
      externalId: this.#externalId(resource, row),
      before: recordBefore,
      after: this.#record(resource, row),
    });
    if (resource.noticed) account.notice(resource.subject!, before === null ? 'created' : 'updated', row);
    return row;
  }

  #require(resource: Resource, sent: Fields): void {
    const missing = Object.entries(resource.required ?? {}).filter(
      ([field]) => sent[field] === undefined || sent[field] === null || sent[field] === '',
    );
    if (missing.length > 0) throw unprocessable(...missing.map(([field, message]) => ({ field, message })));
  }

  #putValue(sent: Fields): KantataRow {
    const { account } = this;
    const subject = account.get(subjectTable(sent.subject_type), sent.subject_id);
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
    const subject = this.account.get(subjectTable(sent.subject_type), sent.subject_id);
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

  #delete(resource: Resource, row: KantataRow): VendorAnswer {
    resource.mayDelete?.(row, this.account);
    const before = this.#record(resource, row);
    // Stories keep their row, marked as deleted; what else is deleted leaves no trace in lists.
    if (resource === stories) this.account.change('stories', row, { deleted_at: this.account.now() });
    else this.account.table(resource.plural).delete(row.id);
    if (resource.subject)
      for (const ref of this.account.referencesOf(`${resource.subject}:${row.id}`)) this.account.table('external_references').delete(ref.id);
    this.account.ledger.record({ operation: 'delete', type: resource.plural, id: row.id, externalId: null, before, after: null });
    if (resource.noticed) this.account.notice(resource.subject!, 'deleted', row);
    return answer(204);
  }

  /** The whole record for the ledger: its fields, and inside it its custom field values and references (for a request: its seat). */
  #record(resource: Resource, row: KantataRow): Fields {
    const { account } = this;
    const record: Fields = { ...row, ...resource.shown(row, account), id: row.id };
    if (resource.subject) {
      record.custom_field_values = account.valuesOf(`${valueSubject(resource.subject)}:${row.id}`);
      record.external_references = account.referencesOf(`${resource.subject}:${row.id}`);
    }
    const seat = resource === resourceRequests ? account.get('workspace_resources', row.resource_id) : undefined;
    if (seat) record.resource = this.#record(workspaceResources, seat);
    return record;
  }

  #externalId(resource: Resource, row: KantataRow): string | null {
    const [subject, id] = resource === resourceRequests ? ['WorkspaceResource', row.resource_id as string] : [resource.subject, row.id];
    return (this.account.referencesOf(`${subject}:${id}`)[0]?.service_model_ref as string | undefined) ?? null;
  }
}

/** Custom fields know a workspace resource as `Resource`. */
const valueSubject = (subject: string): string => (subject === 'WorkspaceResource' ? 'Resource' : subject);

function routeOf(path: string): { plural: string; id?: string } | null {
  const match = /^\/api\/v1\/([a-z_]+)(?:\/([A-Za-z0-9_]+))?(?:\.json)?$/.exec(path);
  return match ? { plural: match[1], id: match[2] } : null;
}

function parsed(body: string): Fields {
  try {
    const value: unknown = JSON.parse(body);
    if (value !== null && typeof value === 'object') return value as Fields;
  } catch {
    // Told below, as for anything else that isn't an object.
  }
  throw badRequest('The body is not JSON');
}

function rootOf(resource: Resource, body: Fields): Fields {
  const sent = body[resource.singular];
  if (sent === null || typeof sent !== 'object') throw badRequest(`${resource.singular} is missing`);
  return sent as Fields;
}
