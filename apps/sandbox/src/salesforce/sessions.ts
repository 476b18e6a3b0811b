import { createHash, randomBytes } from 'node:crypto';
import type { Store, Table, VendorAnswer, VendorRequest } from '../kit/index.js';
import { SalesforceError } from './salesforce-error.js';
import type { SalesforceChoices, SalesforceOptions } from './salesforce-options.js';

interface Session {
  id: string;
  openedAt: number;
  scope: string;
}

interface Usage {
  id: string;
  calls: number;
}

const HOUR_MS = 3_600_000;

/**
 * The token endpoint (client credentials), the tokens it gave out, and the count of calls of the
 * last 24 hours. Call inside a transaction.
 */
export class Sessions {
  readonly #sessions: Table<Session>;
  readonly #usage: Table<Usage>;
  readonly #limit: number;

  constructor(
    store: Store,
    private readonly o: SalesforceOptions,
    private readonly choices: SalesforceChoices,
    private readonly orgId: string,
    private readonly userId: () => string,
  ) {
    this.#sessions = store.table('Session');
    this.#usage = store.table('ApiUsage');
    this.#limit = o.dailyLimit ?? 5_000_000;
  }

  /** POST /services/oauth2/token. Errors are an object here, not the REST array. */
  token(request: VendorRequest): VendorAnswer {
    const form = new URLSearchParams(request.body);
    const refused = (status: number, error: string, error_description: string) => ({ status, body: { error, error_description } });
    if (request.method !== 'POST') return refused(400, 'invalid_request', 'must use HTTP POST');
    const basic = /^Basic (.+)$/i.exec(request.headers.authorization ?? '');
    const [id, secret] = basic ? Buffer.from(basic[1], 'base64').toString('utf8').split(':') : [form.get('client_id'), form.get('client_secret')];
    if (form.get('grant_type') !== 'client_credentials') return refused(400, 'unsupported_grant_type', 'grant type not supported');
    if (id !== this.o.clientId) return refused(400, 'invalid_client_id', 'client identifier invalid');
    if (secret !== this.o.clientSecret) return refused(this.choices.wrongSecretStatus, 'invalid_client', 'invalid client credentials');
    return { status: 200, body: this.#open(request.baseUrl) };
  }

  /** POST /services/oauth2/revoke */
  revoke(request: VendorRequest): VendorAnswer {
    const token = new URLSearchParams(request.body).get('token') ?? request.query.get('token') ?? '';
    if (!this.#sessions.get(keyOf(token)))
      return { status: 400, body: { error: 'unsupported_token_type', error_description: 'this token type is not supported' } };
    this.#sessions.delete(keyOf(token));
    return { status: 200 };
  }

  userInfo(request: VendorRequest, user: Record<string, unknown>): VendorAnswer {
    const { baseUrl } = request;
    return {
      status: 200,
      body: {
        sub: `${baseUrl}/id/${this.orgId}/${this.userId()}`,
        user_id: this.userId(),
        organization_id: this.orgId,
        preferred_username: user.Username,
        name: user.Name,
        email: user.Email,
        active: true,
        urls: { rest: `${baseUrl}/services/data/v{version}/` },
      },
    };
  }

  /** Throws the vendor's 401 unless the bearer token is one of ours and still alive. */
  authenticate(request: VendorRequest): void {
    const token = /^(?:Bearer|OAuth) (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
    const session = token === undefined ? undefined : this.#sessions.get(keyOf(token));
    const alive = session && this.#now() - session.openedAt < (this.o.sessionMs ?? 2 * HOUR_MS);
    if (!alive) throw new SalesforceError(401, 'INVALID_SESSION_ID', 'Session expired or invalid');
  }

  /** Counts one call, or throws the vendor's 403 when the day's calls are used up. */
  count(): void {
    if (this.used() >= this.#limit) throw new SalesforceError(403, 'REQUEST_LIMIT_EXCEEDED', 'TotalRequests Limit exceeded.');
    const hour = String(Math.floor(this.#now() / HOUR_MS));
    this.#usage.put({ id: hour, calls: (this.#usage.get(hour)?.calls ?? 0) + 1 });
  }

  used(): number {
    const first = Math.floor(this.#now() / HOUR_MS) - 23;
    return this.#usage.all().reduce((sum, { id, calls }) => (Number(id) >= first ? sum + calls : sum), 0);
  }

  get limitInfo(): string {
    return `api-usage=${this.used()}/${this.#limit}`;
  }

  limits(): Record<string, { Max: number; Remaining: number }> {
    const full = (Max: number) => ({ Max, Remaining: Max });
    return {
      DailyApiRequests: { Max: this.#limit, Remaining: Math.max(0, this.#limit - this.used()) },
      DailyAsyncApexExecutions: full(250_000),
      DailyBulkApiBatches: full(15_000),
      DataStorageMB: full(1024),
      FileStorageMB: full(1024),
    };
  }

  #open(baseUrl: string): Record<string, string> {
    const issuedAt = String(this.#now());
    const token = `${this.orgId.slice(0, 15)}!AQ${randomBytes(48).toString('base64url')}`;
    for (const old of this.#sessions.all()) if (this.#now() - old.openedAt > (this.o.sessionMs ?? 2 * HOUR_MS)) this.#sessions.delete(old.id);
    this.#sessions.put({ id: keyOf(token), openedAt: this.#now(), scope: 'api' });
    const id = `${baseUrl}/id/${this.orgId}/${this.userId()}`;
    const signature = createHash('sha256').update(`${id}${issuedAt}${this.o.clientSecret}`).digest('base64');
    return {
      access_token: token,
      signature,
      token_format: 'opaque',
      scope: 'api',
      instance_url: baseUrl,
      id,
      token_type: 'Bearer',
      issued_at: issuedAt,
    };
  }

  #now(): number {
    return (this.o.now?.() ?? new Date()).getTime();
  }
}

/** Tokens are kept by their hash. */
const keyOf = (token: string): string => createHash('sha256').update(token).digest('hex');
