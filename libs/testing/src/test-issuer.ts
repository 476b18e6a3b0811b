import { sampleClients, samplePeople, serviceClients } from '../../../apps/platform/src/issuer/sample-identities.js';

export interface TokenWish {
  /** A sample client or an app's own, by name: `operations`, `portal`, `sales`, `partner`; `project-initiation-service`. */
  client?: string;
  /** A sample person by id without its prefix: `finance-uk`, `finance`, `pmo-us`, `hr`, `sales-de`, `integration`, `delivery-uk`. */
  person?: string;
  /** Scopes asked for; all that the identity has if not said. */
  scopes?: string[];
  /** For another service than ours. */
  wrongAudience?: boolean;
  /** Was good until a minute ago. */
  expired?: boolean;
}

export interface TestIssuer {
  url: string;
  tokenFor(wish: TokenWish): Promise<string>;
  /** `{ authorization: 'Bearer …' }`, for fetch and inject. */
  bearer(wish: TokenWish): Promise<{ authorization: string }>;
  credentialsOf(clientId: string): { clientId: string; clientSecret: string };
  close(): Promise<void>;
}

/**
 * The embedded issuer in this process, on a free port. Sets ISSUER_URL and every app's <APP>_CLIENT_ID and _CLIENT_SECRET, so
 * that apps started in this spec file trust it and can call each other.
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

  /** By the issuer's own model rather than its endpoint, which never sells a token that has expired. */
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

  const tokenFor = async (wish: TokenWish): Promise<string> => {
    const clientId = clientIdOf(wish);
    if (wish.expired) return expiredToken(clientId, (wish.scopes ?? allScopesOf(clientId)).join(' '));
    const body = new URLSearchParams({ grant_type: 'client_credentials', resource: wish.wrongAudience ? OTHER_AUDIENCE : AUDIENCE });
    if (wish.scopes) body.set('scope', wish.scopes.join(' '));
    const authorization = `Basic ${Buffer.from(`${clientId}:${issuer.secretOf(clientId)}`).toString('base64')}`;
    const answer = await fetch(`${issuer.url}/token`, { method: 'POST', headers: { authorization }, body });
    const { access_token: token, ...rest } = (await answer.json()) as { access_token?: string };
    if (!token) throw new Error(`no token for ${clientId}: ${JSON.stringify(rest)}`);
    return token;
  };

  return {
    url: issuer.url,
    tokenFor,
    bearer: async wish => ({ authorization: `Bearer ${await tokenFor(wish)}` }),
    credentialsOf,
    close: issuer.close,
  };
}

const everyone = [...sampleClients, ...serviceClients, ...samplePeople];

function clientIdOf({ client, person }: TokenWish): string {
  const clientId = person ? `person-${person}` : client;
  if (!everyone.some(one => one.clientId === clientId)) throw new Error(`the sample firm has no ${person ? 'person' : 'client'} ${person ?? client}`);
  return clientId!;
}

const allScopesOf = (clientId: string): string[] => everyone.find(one => one.clientId === clientId)!.scopes;
