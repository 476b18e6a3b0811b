import { sampleClients, samplePeople, serviceClients } from '../../../apps/platform/src/issuer/sample-identities.js';

export interface TokenRequest {
  /**
   * The name of a sample client or of an app's own client: `operations`, `portal`, `sales`,
   * `partner`; `project-initiation-service`.
   */
  client?: string;
  /**
   * A sample person's id without its prefix: `finance-uk`, `finance`, `pmo-us`, `hr`, `sales-de`,
   * `integration`, `delivery-uk`.
   */
  person?: string;
  /** The requested scopes; all that the identity has by default. */
  scopes?: string[];
  /** Issued for another service than ours. */
  wrongAudience?: boolean;
  /** Expired a minute ago. */
  expired?: boolean;
}

export interface TestIssuer {
  url: string;
  tokenFor(request: TokenRequest): Promise<string>;
  /** `{ authorization: 'Bearer …' }`, for fetch and inject. */
  bearer(request: TokenRequest): Promise<{ authorization: string }>;
  credentialsOf(clientId: string): { clientId: string; clientSecret: string };
  close(): Promise<void>;
}

/**
 * The embedded issuer in this process, on a free port. Sets ISSUER_URL and every app's
 * <APP>_CLIENT_ID and _CLIENT_SECRET, so that apps started in this spec file trust it and can call
 * each other.
 */
export async function testIssuer(): Promise<TestIssuer> {
  const { AUDIENCE, OTHER_AUDIENCE, startIssuer } = await import('../../../apps/platform/src/issuer/issuer.js');
  const { makeIssuerKeys } = await import('../../../apps/platform/src/issuer/issuer-keys.js');
  const issuer = await startIssuer({ keys: await makeIssuerKeys(), port: 0 });
  const credentialsOf = (clientId: string) => ({ clientId, clientSecret: issuer.secretOf(clientId) });
  process.env.ISSUER_URL = issuer.url;
  for (const { name, clientId } of serviceClients) {
    const prefix = name.toUpperCase().replaceAll('-', '_');
    process.env[`${prefix}_CLIENT_ID`] = clientId;
    process.env[`${prefix}_CLIENT_SECRET`] = issuer.secretOf(clientId);
  }

  /** Uses the issuer's own model, because its endpoint never issues an expired token. */
  const expiredToken = async (clientId: string, scope: string): Promise<string> => {
    const client = await issuer.provider.Client.find(clientId);
    const minuteAgo = Math.floor(Date.now() / 1000) - 60;
    const token = new issuer.provider.ClientCredentials({ client: client!, scope, expiresIn: 1 });
    Object.assign(token, {
      resourceServer: new issuer.provider.ResourceServer(AUDIENCE, {
        scope,
        audience: AUDIENCE,
        accessTokenFormat: 'jwt',
        jwt: { sign: { alg: 'ES256' } },
      }),
    });
    Object.assign(token, { iat: minuteAgo - 900, exp: minuteAgo });
    return token.save();
  };

  const tokenFor = async (request: TokenRequest): Promise<string> => {
    const clientId = clientIdOf(request);
    if (request.expired) return expiredToken(clientId, (request.scopes ?? allScopesOf(clientId)).join(' '));
    const body = new URLSearchParams({ grant_type: 'client_credentials', resource: request.wrongAudience ? OTHER_AUDIENCE : AUDIENCE });
    if (request.scopes) body.set('scope', request.scopes.join(' '));
    const authorization = `Basic ${Buffer.from(`${clientId}:${issuer.secretOf(clientId)}`).toString('base64')}`;
    const answer = await fetch(`${issuer.url}/token`, { method: 'POST', headers: { authorization }, body });
    const { access_token: token, ...rest } = (await answer.json()) as { access_token?: string };
    if (!token) throw new Error(`no token for ${clientId}: ${JSON.stringify(rest)}`);
    return token;
  };

  return {
    url: issuer.url,
    tokenFor,
    bearer: async request => ({ authorization: `Bearer ${await tokenFor(request)}` }),
    credentialsOf,
    close: issuer.close,
  };
}

const everyone = [...sampleClients, ...serviceClients, ...samplePeople];

function clientIdOf({ client, person }: TokenRequest): string {
  const clientId = person ? `person-${person}` : client;
  if (!everyone.some(one => one.clientId === clientId)) throw new Error(`the sample firm has no ${person ? 'person' : 'client'} ${person ?? client}`);
  return clientId!;
}

const allScopesOf = (clientId: string): string[] => everyone.find(one => one.clientId === clientId)!.scopes;
