import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider, { errors, interactionPolicy, type ClientMetadata, type Configuration, type KoaContextWithOIDC } from 'oidc-provider';
import { createDoor, DoorRefusal, listen, readBody, refuse, refuseMethodsBut, shut } from '#service/door';
import { GUESS_BOUNDS, Guesses, type Outcome } from './guesses.js';
import { type IssuerKeys, secretOf } from './issuer-keys.js';
import { IssuerMemory } from './issuer-memory.js';
import { type Identity, identityOfClient, identityOfPerson, sampleClients, samplePeople, SCOPES, serviceClients } from './sample-identities.js';
import { consoleClient, docsClient, originsOf } from './page-clients.js';
import { errorPage, loggedOutPage, loginPage, logoutPage, PAGE_POLICY, withoutScript } from './sign-in-pages.js';

export const AUDIENCE = 'urn:throughline';

// A second service that trusts this issuer and isn't Throughline: our apps must refuse its tokens.
export const OTHER_AUDIENCE = 'urn:another-service';

export interface IssuerOptions {
  keys: IssuerKeys;
  /** 0: any free port. */
  port: number;
  /**
   * Where the browser console may be redirected to, besides the issuer's own machine: the gateway.
   */
  consoleUrl?: string;
  accessTokenSeconds?: number;
}

export interface Issuer {
  url: string;
  provider: Provider;
  secretOf(clientId: string): string;
  close(): Promise<void>;
}

/**
 * Bound of a form or query; the longest legitimate one is an authorization request with its state.
 */
const BODY_BYTES = 8_192;
const TARGET_BYTES = 4_096;
const IDLE_MS = 30_000;

/**
 * The OpenID provider of the embedded default: client credentials for programs, code with PKCE for
 * people in a browser.
 */
export async function startIssuer(options: IssuerOptions): Promise<Issuer> {
  const serving = Promise.withResolvers<ReturnType<typeof doorOf>>();
  const server = createDoor('issuer', async (request, response) => (await serving.promise)(request, response), {
    targetBytes: TARGET_BYTES,
    idleMs: IDLE_MS,
  });
  await listen(server, options.port, '127.0.0.1');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const provider = new Provider(url, configuration(url, options));
  serving.resolve(doorOf(provider, originsOf(consoleClient(url, options.consoleUrl))));
  return { url, provider, secretOf: clientId => secretOf(options.keys, clientId), close: () => shut(server) };
}

/** The console is ours, so signing in is sufficient consent. */
function signInOnly(): interactionPolicy.DefaultPolicy {
  const policy = interactionPolicy.base();
  policy.remove('consent');
  return policy;
}

function configuration(url: string, { keys, consoleUrl, accessTokenSeconds = 900 }: IssuerOptions): Configuration {
  return {
    adapter: IssuerMemory,
    jwks: { keys: [keys.jwk] },
    clients: [...programClients(keys), consoleClient(url, consoleUrl), docsClient(url, consoleUrl)],
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    scopes: ['openid', 'profile', 'offline_access', ...SCOPES],
    claims: { openid: ['sub'], profile: ['name', 'roles', 'legal_entities', 'field_rights'] },
    cookies: { keys: [secretOf(keys, 'cookies')] },
    pkce: { required: () => true },
    responseTypes: ['code'],
    ttl: { AccessToken: accessTokenSeconds, ClientCredentials: accessTokenSeconds, IdToken: 3600, Interaction: 3600, Session: 86_400, Grant: 86_400 },
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: (ctx, form) => void (ctx.body = logoutPage(form)),
        postLogoutSuccessSource: ctx => void (ctx.body = loggedOutPage()),
      },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => AUDIENCE,
        useGrantedResource: () => true,
        getResourceServerInfo: (ctx, resource) => {
          if (resource !== AUDIENCE && resource !== OTHER_AUDIENCE) throw new errors.InvalidTarget();
          askForAllWhenNothingIsAsked(ctx);
          return {
            scope: SCOPES.join(' '),
            audience: resource,
            accessTokenFormat: 'jwt',
            accessTokenTTL: accessTokenSeconds,
            jwt: { sign: { alg: 'ES256' } },
          };
        },
      },
    },
    findAccount: (_ctx, id) => {
      const person = identityOfPerson(id);
      return person && { accountId: id, claims: () => ({ sub: id, ...claimsOf(person) }) };
    },
    formats: { customizers: { jwt: (_ctx, token, parts) => completeClaims(token, parts.payload) } },
    interactions: { policy: signInOnly(), url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
    loadExistingGrant,
    renderError: (ctx, out) => {
      ctx.type = 'html';
      ctx.body = errorPage({ ...out });
    },
    // secrets in bodies are never compared: programs send theirs by Basic authentication only
    clientAuthMethods: ['client_secret_basic', 'none'],
    clientBasedCORS: (_ctx, origin, { clientId }) =>
      (clientId === 'console' || clientId === 'docs') && originsOf(consoleClient(url, consoleUrl)).has(origin),
  };
}

/** RFC 6749 section 3.3: a request that names no scope gets the client's own. */
function askForAllWhenNothingIsAsked(ctx: KoaContextWithOIDC): void {
  const { params, client } = ctx.oidc;
  if (params && params.grant_type === 'client_credentials' && !params.scope) params.scope = client?.scope;
}

interface TokenSubject {
  accountId?: string;
  clientId?: string;
}

/**
 * Adds the caller's identity to an access token; a person's rights limit what the client requested.
 */
function completeClaims(token: TokenSubject, payload: Record<string, unknown>): void {
  const identity = token.accountId ? identityOfPerson(token.accountId) : identityOfClient(token.clientId ?? '');
  if (!identity) return;
  const asked = String(payload.scope ?? '').split(' ');
  Object.assign(payload, claimsOf(identity), {
    sub: identity.id,
    scope: asked.filter(scope => scope === 'openid' || identity.scopes.includes(scope)).join(' '),
  });
}

const claimsOf = ({ kind, name, roles, legalEntities, fieldRights }: Identity) => ({
  kind,
  name,
  roles,
  legal_entities: legalEntities,
  field_rights: fieldRights,
});

function programClients(keys: IssuerKeys): ClientMetadata[] {
  return [...sampleClients, ...serviceClients, ...samplePeople].map(({ clientId, name, scopes }) => ({
    client_id: clientId,
    client_name: name,
    client_secret: secretOf(keys, clientId),
    grant_types: ['client_credentials'],
    redirect_uris: [],
    response_types: [],
    scope: scopes.join(' '),
    token_endpoint_auth_method: 'client_secret_basic',
  }));
}

async function loadExistingGrant(ctx: KoaContextWithOIDC) {
  const { provider, client, session } = ctx.oidc;
  if (!client || !session?.accountId) return undefined;
  const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
  grant.addOIDCScope('openid profile offline_access');
  grant.addResourceScope(AUDIENCE, SCOPES.join(' '));
  grant.addOIDCClaims(['sub', 'name', 'roles', 'legal_entities', 'field_rights']);
  await grant.save();
  return grant;
}

/** Handles a request by our own sign-in page or the provider, within the bounds of both. */
function doorOf(provider: Provider, consoleOrigins: ReadonlySet<string>): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  // The page shows the persons, so only the number of tries per sign-in is bounded. Others at the
  // same address are not affected.
  const signIns = new Guesses({ ...GUESS_BOUNDS, triesOfAddress: Infinity });
  slowGuessing(provider);
  showTo(consoleOrigins, provider);
  provider.use(async (ctx, next) => {
    await next();
    if (typeof ctx.body === 'string' && ctx.response.is('html')) ctx.body = withoutScript(ctx.body);
  });
  const answer = provider.callback();
  return async (request, response) => {
    response.setHeader('content-security-policy', PAGE_POLICY);
    boundBody(request);
    const path = request.url!.split('?')[0];
    if (!path.startsWith('/interaction/')) return answer(request, response);
    await interact(provider, signIns, path, request, response).catch((error: unknown) => {
      if (error instanceof errors.SessionNotFound)
        throw new DoorRefusal(400, 'sign-in-expired', 'This sign-in has expired. Go back and begin again.');
      throw error;
    });
  };
}

/** The provider reads forms itself, so their size must be known before that. */
function boundBody(request: IncomingMessage): void {
  if (request.headers['transfer-encoding'] !== undefined)
    throw new DoorRefusal(411, 'length-required', 'Say how long the body is: content-length.', { connection: 'close' });
  if (Number(request.headers['content-length'] ?? 0) > BODY_BYTES)
    throw new DoorRefusal(413, 'too-large', `The body is larger than ${BODY_BYTES} bytes.`, { connection: 'close' });
}

/**
 * Slows down guessing wherever the provider compares a client's secret: all endpoints that
 * authenticate clients use this one method. Any other 401 answer counts for its address; other
 * answers prove nothing.
 */
function slowGuessing(provider: Provider): void {
  const guesses = new Guesses();
  const outcomes = new WeakMap<IncomingMessage, Outcome>();
  provider.Client.prototype.compareClientSecret = function (secret: string): boolean {
    const { req } = Provider.ctx!;
    const outcome = guesses.judge(addressOf(req), this.clientId, secret, () => isSame(secret, this.clientSecret));
    outcomes.set(req, outcome);
    return outcome === 'right';
  };
  provider.use(async (ctx, next) => {
    await next();
    const outcome = outcomes.get(ctx.req) ?? (ctx.status === 401 ? guesses.fail(addressOf(ctx.req)) : undefined);
    if (!(outcome instanceof DoorRefusal)) return;
    ctx.remove('www-authenticate');
    ctx.respond = false;
    refuse(ctx.res, outcome);
  });
}

const addressOf = ({ socket }: IncomingMessage): string => socket.remoteAddress ?? 'unknown';

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Takes the same time for all texts. */
const isSame = (secret: string, known: string | undefined): boolean => known !== undefined && timingSafeEqual(sha256(secret), sha256(known));

/** What everybody may read: the issuer's discovery document and its public keys. */
const isPublic = (path: string): boolean => path === '/jwks' || path.startsWith('/.well-known/');

/**
 * Before the client is known, the provider lets pages of any origin read its answers: preflights
 * and errors. This limits them to these origins.
 */
function showTo(origins: ReadonlySet<string>, provider: Provider): void {
  provider.use(async (ctx, next) => {
    await next();
    if (isPublic(ctx.path) || origins.has(ctx.get('origin'))) return;
    for (const name of Object.keys(ctx.response.headers)) if (name.startsWith('access-control-')) ctx.remove(name);
  });
}

async function interact(provider: Provider, signIns: Guesses, path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  refuseMethodsBut(['GET', 'HEAD', 'POST'], request);
  const { params, uid } = await provider.interactionDetails(request, response);
  if (request.method !== 'POST') {
    const client = await provider.Client.find(String(params.client_id));
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
    response.end(loginPage(path, client?.clientName ?? String(params.client_id)));
    return;
  }
  const accountId = new URLSearchParams(await readBody(request, BODY_BYTES)).get('person') ?? '';
  const outcome = signIns.judge(addressOf(request), uid, accountId, () => identityOfPerson(accountId) !== undefined);
  if (outcome instanceof DoorRefusal) throw outcome;
  if (outcome === 'wrong') throw new DoorRefusal(400, 'unknown-person', 'There is no such person in the sample firm.');
  await provider.interactionFinished(request, response, { login: { accountId } }, { mergeWithLastSubmission: false });
}
