import { importPKCS8, SignJWT } from 'jose';
import { boundedText, fetchHere, Problem } from '#canonical';
import { CachedToken, type TokenAnswer } from './cached-token.js';

/** What a request carries to identify us to the vendor. */
export interface Authorization {
  headers: Record<string, string>;
  /**
   * The base address that the vendor states at log-in, if it does (Salesforce's `instance_url`).
   */
  baseUrl?: string;
}

/** A way to log in, one per vendor account; the connector keeps it. */
export interface AuthScheme {
  /** `signal` ends a log-in at the call's deadline. */
  authorize(signal: AbortSignal): Promise<Authorization>;
  /**
   * Called on a 401 with the refused authorization. True: another log-in may help, so try once
   * more.
   */
  renew(refused: Authorization): boolean;
  /** Values that must never appear in a log. */
  secrets(): string[];
}

/**
 * Adds no headers (Workday's SOAP carries WS-Security in its body). `secrets` are still hidden from
 * logs.
 */
export function none(secrets: string[] = []): AuthScheme {
  return { authorize: async () => ({ headers: {} }), renew: () => false, secrets: () => secrets };
}

/** A fixed token. */
export function bearer(token: string): AuthScheme {
  return { authorize: async () => ({ headers: { authorization: `Bearer ${token}` } }), renew: () => false, secrets: () => [token] };
}

/** A fixed key in a header of the vendor's own. */
export function apiKey(header: string, key: string): AuthScheme {
  return { authorize: async () => ({ headers: { [header]: key } }), renew: () => false, secrets: () => [key] };
}

export function basic(user: string, password: string): AuthScheme {
  const encoded = Buffer.from(`${user}:${password}`).toString('base64');
  return { authorize: async () => ({ headers: { authorization: `Basic ${encoded}` } }), renew: () => false, secrets: () => [password, encoded] };
}

export interface ClientCredentials {
  tokenUrl: string;
  clientId: string;
  clientSecret: string;
  scope?: string;
}

/** OAuth 2.0 client credentials in the form body (Salesforce). The token is kept until it expires or is refused. */
export function oauthClientCredentials({ tokenUrl, clientId, clientSecret, scope }: ClientCredentials): AuthScheme {
  const form = { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret, ...(scope ? { scope } : {}) };
  return tokenScheme(new CachedToken(signal => requestToken(tokenUrl, form, signal)), [clientSecret]);
}

export interface JwtAssertion {
  tokenUrl: string;
  clientId: string;
  /** The vendor's id of the uploaded certificate; the assertion's `kid`. */
  certificateId: string;
  /** PKCS#8 PEM of the certificate's key. */
  privateKey: string;
  alg: 'PS256' | 'ES256';
  scope: string[];
}

const ASSERTION_SECONDS = 300;
const MOST_TOKEN_BYTES = 1024 * 1024;

/** OAuth 2.0 client credentials with a signed assertion (NetSuite): a new assertion for each log-in. */
export function jwtAssertion(o: JwtAssertion): AuthScheme {
  const assertion = async () => {
    const key = await importPKCS8(o.privateKey, o.alg).catch((cause: unknown) => {
      throw new Problem('internal', `the private key for ${o.tokenUrl} can't be read: it must be a PKCS#8 PEM for ${o.alg}`, {
        code: 'setting-invalid',
        cause,
      });
    });
    return new SignJWT({ scope: o.scope })
      .setProtectedHeader({ typ: 'JWT', alg: o.alg, kid: o.certificateId })
      .setIssuer(o.clientId)
      .setAudience(o.tokenUrl)
      .setIssuedAt()
      .setExpirationTime(`${ASSERTION_SECONDS}s`)
      .sign(key);
  };
  const request = async (signal: AbortSignal) => {
    const form = {
      grant_type: 'client_credentials',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: await assertion(),
    };
    return requestToken(o.tokenUrl, form, signal);
  };
  return tokenScheme(new CachedToken(request), [o.privateKey]);
}

function tokenScheme(token: CachedToken, secrets: string[]): AuthScheme {
  return {
    authorize: async signal => {
      const { accessToken, baseUrl } = await token.get(signal);
      return { headers: { authorization: `Bearer ${accessToken}` }, ...(baseUrl ? { baseUrl } : {}) };
    },
    renew: refused => {
      token.forget(refused.headers.authorization.slice('Bearer '.length));
      return true;
    },
    secrets: () => [...secrets, ...token.known()],
  };
}

/**
 * One POST to a token endpoint. A refusal is `refused-by-vendor` with code `login-refused`; no
 * answer is `vendor-unavailable`.
 */
async function requestToken(tokenUrl: string, form: Record<string, string>, signal: AbortSignal): Promise<TokenAnswer> {
  const headers = { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' };
  const unavailable = (cause: unknown) => new Problem('vendor-unavailable', `${tokenUrl} did not answer the log-in`, { code: 'not-made', cause });
  const response = await fetchHere(tokenUrl, { method: 'POST', headers, body: new URLSearchParams(form), signal }).catch((cause: unknown) => {
    throw unavailable(cause);
  });
  const text = await boundedText(response, MOST_TOKEN_BYTES).catch((cause: unknown) => {
    throw unavailable(cause);
  });
  if (response.ok) return tokenAnswer(text, tokenUrl);
  const { error, error_description } = parsed<{ error?: string; error_description?: string }>(text) ?? {};
  if (response.status === 429 || response.status >= 500)
    throw new Problem('vendor-unavailable', `${tokenUrl} answered the log-in with ${response.status}`, { code: 'not-made' });
  throw new Problem('refused-by-vendor', `the log-in at ${tokenUrl} was refused: ${error_description ?? error ?? response.status}`, {
    code: 'login-refused',
    vendor: { system: new URL(tokenUrl).host, operation: 'log-in', code: error ?? String(response.status), message: error_description ?? '' },
  });
}

function tokenAnswer(text: string, tokenUrl: string): TokenAnswer {
  const body = parsed<{ access_token?: string; expires_in?: string | number; instance_url?: string }>(text);
  if (!body?.access_token) throw new Problem('vendor-unavailable', `${tokenUrl} answered the log-in without a token`, { code: 'not-made' });
  // Checked here, before the values go into a header and an address.
  if (
    !/^[\x21-\x7e]+$/.test(String(body.access_token)) ||
    (body.instance_url !== undefined && !/^https?:$/.test(URL.parse(String(body.instance_url))?.protocol ?? ''))
  )
    throw new Problem('vendor-unavailable', `${tokenUrl} answered the log-in with something that is no token or no address`, { code: 'not-made' });
  const seconds = Number(body.expires_in);
  return {
    accessToken: body.access_token,
    ...(Number.isFinite(seconds) && body.expires_in !== undefined ? { expiresInMs: seconds * 1000 } : {}),
    ...(body.instance_url ? { baseUrl: body.instance_url } : {}),
  };
}

function parsed<T>(text: string): T | undefined {
  try {
    return JSON.parse(text) as T;
  } catch {
    return undefined; // a proxy's page: the caller reports the status
  }
}
