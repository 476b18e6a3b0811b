import { constants, createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify, type KeyObject } from 'node:crypto';
import type { Store, VendorAnswer, VendorRequest } from '../kit/index.js';
import { invalidLogin } from './errors.js';

export const TOKEN_PATH = '/services/rest/auth/oauth2/v1/token';

/**
 * A client-credentials mapping: the integration's client id, and the public half of the uploaded
 * certificate.
 */
export interface Certificate {
  /** Goes into the assertion's `kid`. */
  id: string;
  clientId: string;
  /** PEM: an RSA or EC public key, or the certificate. */
  publicKey: string;
}

export interface OauthOptions {
  account: string;
  certificates: Certificate[];
  /** Seconds. NetSuite's is fixed at 3600. */
  tokenLifetimeSeconds?: number;
  /**
   * Further spellings of the token URL that an assertion's `aud` may have, for a sandbox behind a
   * proxy.
   */
  tokenUrls?: string[];
}

const HASHES: Record<string, { hash: string; pss: boolean }> = {
  PS256: { hash: 'sha256', pss: true },
  PS384: { hash: 'sha384', pss: true },
  PS512: { hash: 'sha512', pss: true },
  ES256: { hash: 'sha256', pss: false },
  ES384: { hash: 'sha384', pss: false },
  ES512: { hash: 'sha512', pss: false },
};

/** A refusal of the token endpoint: an OAuth error body, unlike those of the REST services. */
class OauthRefusal extends Error {
  constructor(readonly code: 'invalid_client' | 'invalid_grant' | 'unsupported_grant_type' | 'invalid_request' | 'invalid_scope') {
    super(code);
  }
}

interface SigningKey {
  id: string;
  pem: string;
}

/**
 * OAuth 2.0 client credentials with a signed assertion; its access tokens are JWTs, good for an
 * hour, also over a restart.
 */
export class Oauth {
  readonly #certificates: Map<string, Certificate & { key: KeyObject }>;
  readonly #accepted = new Map<string, number>();
  readonly #privateKey: KeyObject;
  readonly #publicKey: KeyObject;

  constructor(
    store: Store,
    private readonly options: OauthOptions,
  ) {
    this.#certificates = new Map(
      options.certificates.map(certificate => [certificate.id, { ...certificate, key: createPublicKey(certificate.publicKey) }]),
    );
    this.#privateKey = createPrivateKey(signingKey(store));
    this.#publicKey = createPublicKey(this.#privateKey);
  }

  token(request: VendorRequest): VendorAnswer {
    try {
      const scope = this.#accept(new URLSearchParams(request.body), request);
      const lifetime = this.options.tokenLifetimeSeconds ?? 3600;
      return { status: 200, body: { access_token: this.#mint(scope, lifetime), expires_in: String(lifetime), token_type: 'bearer' } };
    } catch (error) {
      if (error instanceof OauthRefusal) return { status: 400, body: { error: error.code } };
      throw error;
    }
  }

  /** Throws 401 INVALID_LOGIN unless the request carries one of our tokens that is still good. */
  authorise(request: VendorRequest): void {
    const token = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
    if (!token) throw invalidLogin();
    const now = Math.floor(Date.now() / 1000);
    const known = this.#accepted.get(token);
    if (known !== undefined && known > now) return;
    const expires = this.#expiryOf(token);
    if (expires === undefined || expires <= now) throw invalidLogin();
    this.#accepted.set(token, expires);
  }

  #accept(form: URLSearchParams, request: VendorRequest): string[] {
    if (form.get('grant_type') !== 'client_credentials')
      throw new OauthRefusal(form.has('grant_type') ? 'unsupported_grant_type' : 'invalid_request');
    if (form.get('client_assertion_type') !== 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer') throw new OauthRefusal('invalid_request');
    const assertion = decode(form.get('client_assertion') ?? '');
    if (!assertion) throw new OauthRefusal('invalid_request');
    const certificate = this.#certificates.get(String(assertion.header.kid));
    const algorithm = HASHES[String(assertion.header.alg)];
    if (!algorithm) throw new OauthRefusal('invalid_request');
    if (!certificate || certificate.clientId !== assertion.payload.iss || !signedBy(certificate.key, algorithm, assertion))
      throw new OauthRefusal('invalid_client');
    if (!this.#meansUs(assertion.payload.aud, request)) throw new OauthRefusal('invalid_request');
    refuseMistimed(assertion.payload);
    const scope = [assertion.payload.scope]
      .flat()
      .flatMap(part => String(part ?? '').split(/[\s,]+/))
      .filter(Boolean);
    if (!scope.includes('rest_webservices')) throw new OauthRefusal('invalid_scope');
    return scope;
  }

  #meansUs(audience: unknown, request: VendorRequest): boolean {
    const host = `${this.options.account.toLowerCase().replaceAll('_', '-')}.suitetalk.api.netsuite.com`;
    const ours = [
      `${request.baseUrl}${TOKEN_PATH}`,
      `http://${request.headers.host ?? ''}${TOKEN_PATH}`,
      `https://${host}${TOKEN_PATH}`,
      ...(this.options.tokenUrls ?? []),
    ];
    return [audience].flat().some(one => typeof one === 'string' && ours.includes(one));
  }

  #mint(scope: string[], lifetime: number): string {
    const now = Math.floor(Date.now() / 1000);
    const header = { kid: 'sandbox', typ: 'JWT', alg: 'PS256' };
    const payload = {
      sub: '3;11',
      aud: [`1;${this.options.account}`],
      scope,
      iss: 'https://system.netsuite.com',
      oit: now,
      iat: now,
      exp: now + lifetime,
    };
    const signed = `${encode(header)}.${encode(payload)}`;
    const signature = sign('sha256', Buffer.from(signed), { key: this.#privateKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 });
    return `${signed}.${signature.toString('base64url')}`;
  }

  #expiryOf(token: string): number | undefined {
    const read = decode(token);
    if (!read || !signedBy(this.#publicKey, HASHES.PS256, read)) return undefined;
    return Number(read.payload.exp);
  }
}

/** Made once per account and stored, so that tokens outlive a restart. */
function signingKey(store: Store): string {
  const keys = store.table<SigningKey>('signing-key');
  const known = keys.get('access-tokens')?.pem;
  if (known) return known;
  const pem = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  store.transaction(() => keys.put({ id: 'access-tokens', pem }));
  return pem;
}

interface Jwt {
  header: Record<string, unknown>;
  payload: Record<string, unknown>;
  signed: string;
  signature: Buffer;
}

const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');

function decode(token: string): Jwt | undefined {
  const [header, payload, signature, ...rest] = token.split('.');
  if (!header || !payload || !signature || rest.length > 0) return undefined;
  try {
    const read = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString('utf8')) as Record<string, unknown>;
    return { header: read(header), payload: read(payload), signed: `${header}.${payload}`, signature: Buffer.from(signature, 'base64url') };
  } catch {
    return undefined; // Not a JWT; the caller refuses it.
  }
}

function signedBy(key: KeyObject, { hash, pss }: { hash: string; pss: boolean }, jwt: Jwt): boolean {
  if ((key.asymmetricKeyType === 'ec') === pss) return false;
  const options = pss
    ? { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
    : { key, dsaEncoding: 'ieee-p1363' as const };
  return verify(hash, Buffer.from(jwt.signed), options, jwt.signature);
}

/**
 * Refuses tokens that are expired, from the future (beyond a minute of clock skew), or valid for
 * more than an hour.
 */
function refuseMistimed({ iat, exp }: Record<string, unknown>): void {
  const now = Date.now() / 1000;
  const timed = typeof iat === 'number' && typeof exp === 'number' && exp > now && iat <= now + 60 && exp > iat && exp - iat <= 3600;
  if (!timed) throw new OauthRefusal('invalid_request');
}
