import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider, { errors, interactionPolicy, type ClientMetadata, type Configuration, type KoaContextWithOIDC } from 'oidc-provider';
import { type IssuerKeys, secretOf } from './issuer-keys.js';
import { IssuerMemory } from './issuer-memory.js';
import { loginPage } from './login-page.js';
import { type Identity, identityOfClient, identityOfPerson, sampleClients, samplePeople, SCOPES, serviceClients } from './sample-identities.js';

export const AUDIENCE = 'urn:throughline';

// A second service that trusts this issuer and isn't Throughline: its tokens must not open our doors.
export const OTHER_AUDIENCE = 'urn:another-service';

export interface IssuerOptions {
  keys: IssuerKeys;
  /** 0: any. */
  port: number;
  /** Where the browser console may be sent back to, beside the issuer's own machine: the gateway. */
  consoleUrl?: string;
  accessTokenSeconds?: number;
}

export interface Issuer {
  url: string;
  provider: Provider;
  secretOf(clientId: string): string;
  close(): Promise<void>;
}

/** The OpenID provider of the embedded default: client credentials for programs, code with PKCE for people at a browser. */
export async function startIssuer(options: IssuerOptions): Promise<Issuer> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(options.port, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const provider = new Provider(url, configuration(url, options));
  const answer = provider.callback();
  server.on('request', (request, response) => serve(provider, answer, request, response));
  return { url, provider, secretOf: clientId => secretOf(options.keys, clientId), close: () => close(server) };
}

async function close(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise(resolve => server.close(resolve));
}

/** The console is ours: signing in is consent enough. */
function signInOnly(): interactionPolicy.DefaultPolicy {
  const policy = interactionPolicy.base();
  policy.remove('consent');
  return policy;
}

function configuration(url: string, { keys, consoleUrl, accessTokenSeconds = 900 }: IssuerOptions): Configuration {
  return {
    adapter: IssuerMemory,
    jwks: { keys: [keys.jwk] },
    clients: [...programClients(keys), consoleClient(url, consoleUrl)],
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
      rpInitiatedLogout: { enabled: true },
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
    clientBasedCORS: (_ctx, origin, client) =>
      client.clientId === 'console' && (client.redirectUris ?? []).some(uri => new URL(uri).origin === origin),
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

/** Puts who it is into an access token; what a person may do narrows what the client asked for. */
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

/** The operations console: a browser, so it has no secret. */
function consoleClient(url: string, consoleUrl = url): ClientMetadata {
  return {
    client_id: 'console',
    client_name: 'Throughline console',
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    redirect_uris: [`${consoleUrl}/console/`, `${consoleUrl}/graphiql`, 'http://127.0.0.1:5173/'],
    post_logout_redirect_uris: [`${consoleUrl}/console/`],
    scope: ['openid', 'profile', 'offline_access', ...SCOPES].join(' '),
  };
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

function serve(
  provider: Provider,
  answer: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const path = new URL(request.url ?? '/', 'http://issuer').pathname;
  const handled = path.startsWith('/interaction/') ? interact(provider, path, request, response) : answer(request, response);
  handled.catch((error: unknown) => {
    console.error(`issuer: ${request.method} ${path}`, error);
    if (!response.headersSent) response.writeHead(400, { 'content-type': 'text/plain' }).end('This sign-in has expired. Go back and begin again.');
  });
}

async function interact(provider: Provider, path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { params } = await provider.interactionDetails(request, response);
  if (request.method !== 'POST') {
    const client = await provider.Client.find(String(params.client_id));
    response.writeHead(200, {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
    });
    response.end(loginPage(path, client?.clientName ?? String(params.client_id)));
    return;
  }
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const accountId = new URLSearchParams(Buffer.concat(chunks).toString('utf8')).get('person') ?? '';
  if (!identityOfPerson(accountId)) {
    response.writeHead(400, { 'content-type': 'text/plain' }).end('There is no such person in the sample firm.');
    return;
  }
  await provider.interactionFinished(request, response, { login: { accountId } }, { mergeWithLastSubmission: false });
}
