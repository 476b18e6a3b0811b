import {
  clockNow,
  type Ledger,
  type Store,
  type Vendor,
  type VendorAnswer,
  type VendorCall,
  type VendorRefusal,
  type VendorRequest,
} from '../kit/index.js';
import type { Firm } from '../firm/firm.js';
import { RolledBack } from './collections.js';
import { Org } from './org.js';
import { orgSchema } from './org-schema.js';
import { Queries } from './queries.js';
import { to18 } from './record-id.js';
import { Routes, type DataRequest, type Route } from './routes.js';
import { resourceMissing, SalesforceError } from './salesforce-error.js';
import { DEFAULT_CHOICES, DEFAULT_ORG_ID, NEWEST_VERSION, OLDEST_VERSION, type SalesforceOptions } from './salesforce-options.js';
import { seed, STAGES, vocabularyOf } from './seed.js';
import { Sessions } from './sessions.js';

/** Codes with another status than 400. */
const STATUS_OF: Record<string, number> = {
  REQUEST_LIMIT_EXCEEDED: 403,
  SERVER_UNAVAILABLE: 503,
  INVALID_SESSION_ID: 401,
  ENTITY_IS_DELETED: 404,
  NOT_FOUND: 404,
  INSUFFICIENT_ACCESS: 403,
  UNKNOWN_EXCEPTION: 500,
};

/**
 * What sales does in the product's screens and REST lacks: POST
 * /sandbox/sales/merge/{winner}/{loser}, …/undelete/{account}. Sandbox only.
 */
const MERGE_PATH = '/sandbox/sales/merge/';
const UNDELETE_PATH = '/sandbox/sales/undelete/';

const SEASONS = ['Spring', 'Summer', 'Winter'];

/** A Salesforce org over `store`, seeded from the firm when the store is empty. */
export function createSalesforce(store: Store, ledger: Ledger, firm: Firm, options: SalesforceOptions): Vendor {
  const choices = { ...DEFAULT_CHOICES, ...options.choices };
  const now = options.now ?? clockNow;
  const orgId = to18(options.orgId ?? DEFAULT_ORG_ID);
  const schema = orgSchema({ ...vocabularyOf(firm), stages: STAGES.map(stage => stage.name) });
  if (store.empty) {
    // Seeded as of the firm's own day, so that one seed gives one org.
    const asOf = new Date(Math.min(Date.parse(`${firm.asOf}T08:00:00Z`), now().getTime()));
    store.transaction(() => seed(new Org({ schema, store, ledger, choices, now: () => new Date(asOf) }), store, firm, orgId));
  }
  const org = new Org({ schema, store, ledger, choices, now, visibilityLagMs: options.visibilityLagMs });
  org.runAs = store.table<{ id: string; userId: string }>('Setup').get('run-as')!.userId;
  const sessions = new Sessions(store, options, choices, orgId, () => org.runAs);
  const queries = new Queries(org, store, { now, choices });
  return new Salesforce(store, org, sessions, new Routes(org, queries, () => sessions.limits()), choices.lockRowStatus);
}

class Salesforce implements Vendor {
  readonly name = 'salesforce';
  /** Its queries show a change late. */
  readonly notices = ['delay'] as const;

  constructor(
    private readonly store: Store,
    private readonly org: Org,
    private readonly sessions: Sessions,
    private readonly routes: Routes,
    private readonly lockRowStatus: number,
  ) {}

  classify(request: VendorRequest): VendorCall | null {
    if (request.path.startsWith('/services/oauth2/'))
      return { kind: 'auth', type: request.path.split('/')[3], operation: request.method === 'GET' ? 'get' : 'create' };
    if (request.path === '/services/data' || request.path === '/services/data/') return null;
    try {
      return this.#route(request).call;
    } catch {
      return { kind: request.method === 'GET' ? 'read' : 'write', type: 'Unknown', operation: request.method.toLowerCase() };
    }
  }

  /**
   * One request is one transaction; a request that fails as a whole leaves nothing behind but its
   * count.
   */
  handle(request: VendorRequest): VendorAnswer {
    const { path } = request;
    this.org.delayMs = request.notice?.how === 'delay' ? request.notice.ms : 0;
    try {
      if (path.replace(/\/$/, '') === '/services/data') return { status: 200, body: versions() };
      if (path === '/services/oauth2/token') return this.store.transaction(() => this.sessions.token(request));
      if (path === '/services/oauth2/revoke') return this.store.transaction(() => this.sessions.revoke(request));
      if (request.method === 'POST' && path.startsWith(MERGE_PATH)) return this.store.transaction(() => this.#merge(path));
      if (request.method === 'POST' && path.startsWith(UNDELETE_PATH)) return this.store.transaction(() => this.#undelete(path));
      this.store.transaction(() => {
        this.sessions.authenticate(request);
        this.sessions.count();
      });
      if (path === '/services/oauth2/userinfo' || path.startsWith('/id/')) return this.sessions.userInfo(request, this.#runAs());
      return this.#counted(this.store.transaction(() => this.#route(request).answer()));
    } catch (error) {
      if (error instanceof RolledBack) return this.#counted({ status: 200, body: error.body });
      if (!(error instanceof SalesforceError)) throw error;
      return error.status === 401 ? { status: 401, body: error.errors } : this.#counted({ status: error.status, body: error.errors });
    }
  }

  throttled(): VendorAnswer {
    return this.#counted({
      status: 403,
      body: [{ message: 'ConcurrentRequests (Concurrent API Requests) Limit exceeded.', errorCode: 'REQUEST_LIMIT_EXCEEDED' }],
    });
  }

  failed(request: VendorRequest, status: number): VendorAnswer {
    if (status === 503) return { status, body: [{ message: 'Server Unavailable', errorCode: 'SERVER_UNAVAILABLE' }] };
    const locked = status === 500 && this.classify(request)?.kind === 'write';
    if (locked)
      return {
        status: this.lockRowStatus,
        body: [{ message: 'unable to obtain exclusive access to this record or 1 records', errorCode: 'UNABLE_TO_LOCK_ROW', fields: [] }],
      };
    return {
      status,
      body: [{ message: 'An unexpected error occurred. Please include this ErrorId if you contact support', errorCode: 'UNKNOWN_EXCEPTION' }],
    };
  }

  refused(_request: VendorRequest, { code, message, status = STATUS_OF[code] ?? 400 }: VendorRefusal): VendorAnswer {
    return this.#counted({ status, body: [{ message, errorCode: code }] });
  }

  down(): VendorAnswer {
    return {
      status: 503,
      headers: { 'content-type': 'text/html' },
      body: '<html><body><h1>Down for Maintenance</h1><p>Sorry for the inconvenience. We&#39;ll be back shortly.</p></body></html>',
    };
  }

  #merge(path: string): VendorAnswer {
    const [winner, loser] = path.slice(MERGE_PATH.length).split('/');
    this.org.merge(this.org.object('Account'), winner, loser);
    return { status: 204 };
  }

  #undelete(path: string): VendorAnswer {
    this.org.undelete(this.org.object('Account'), path.slice(UNDELETE_PATH.length));
    return { status: 204 };
  }

  #route(request: VendorRequest): Route {
    const match = /^\/services\/data\/(?:v(\d+)\.0|latest)(?:\/(.*))?$/.exec(request.path);
    const version = match?.[1] === undefined ? NEWEST_VERSION : Number(match[1]);
    if (!match || version < 20 || version > NEWEST_VERSION) throw resourceMissing();
    const rest = (match[2] ?? '').split('/').filter(Boolean).map(decodeURIComponent);
    const data: DataRequest = { ...request, version, base: `/services/data/v${version}.0`, rest };
    return this.routes.find(data);
  }

  #counted(answer: VendorAnswer): VendorAnswer {
    return { ...answer, headers: { 'sforce-limit-info': this.sessions.limitInfo, ...answer.headers } };
  }

  #runAs(): Record<string, unknown> {
    return this.org.get(this.org.object('User'), this.org.runAs) ?? {};
  }
}

/** Oldest first. v66.0 is Spring '26; three releases a year. */
function versions() {
  return Array.from({ length: NEWEST_VERSION - OLDEST_VERSION + 1 }, (_, i) => {
    const n = OLDEST_VERSION + i;
    const year = 26 + Math.floor((n - 66) / 3) + ((n - 66) % 3 === 2 || (n - 66) % 3 === -1 ? 1 : 0);
    const season = SEASONS[(((n - 66) % 3) + 3) % 3];
    return { label: `${season} '${year}`, url: `/services/data/v${n}.0`, version: `${n}.0` };
  });
}
