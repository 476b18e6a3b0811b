import { createHash, randomBytes } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rawAnswer, testIssuer, type TestIssuer } from '#testing';
import { startIssuer } from './issuer.js';
import { makeIssuerKeys } from './issuer-keys.js';
import { IssuerMemory } from './issuer-memory.js';
import { SCOPES } from './sample-identities.js';

describe('the embedded issuer', () => {
  let issuer: TestIssuer;
  beforeAll(async () => {
    issuer = await testIssuer();
  });
  afterAll(() => issuer.close());

  it('issues a client a signed token for Throughline with all its scopes, when it requests none in particular', async () => {
    const { payload } = await jwtVerify(await issuer.tokenFor({ client: 'portal' }), createRemoteJWKSet(new URL(`${issuer.url}/jwks`)), {
      audience: 'urn:throughline',
      issuer: issuer.url,
    });
    expect(payload).toMatchObject({
      kind: 'client',
      sub: 'portal',
      client_id: 'portal',
      scope: 'portal.read portal.act',
      legal_entities: ['*'],
      roles: [],
    });
  });

  it('lets a program act as a person, with the roles, legal entities and field rights of the person', async () => {
    expect(decodeJwt(await issuer.tokenFor({ person: 'finance-uk' }))).toMatchObject({
      kind: 'person',
      sub: 'person-finance-uk',
      roles: ['finance'],
      legal_entities: ['LF-UK'],
      field_rights: [],
    });
    expect(decodeJwt(await issuer.tokenFor({ person: 'hr' }))).toMatchObject({ roles: ['hr-operations'], field_rights: ['worker.cost-rate'] });
  });

  it('refuses a scope that the client was not given', async () => {
    await expect(issuer.tokenFor({ person: 'delivery-uk', scopes: ['portal.act'] })).rejects.toThrow(/invalid_scope/);
  });

  it('issues tokens that our apps must refuse: for another service, and expired', async () => {
    expect(decodeJwt(await issuer.tokenFor({ client: 'operations', wrongAudience: true })).aud).toBe('urn:another-service');
    const expired = decodeJwt(await issuer.tokenFor({ client: 'operations', expired: true }));
    expect(expired).toMatchObject({ iss: issuer.url, aud: 'urn:throughline', sub: 'operations' });
    expect(expired.exp).toBeLessThan(Date.now() / 1000);
  });

  it.each([
    ['console', '/console/', { resource: 'urn:throughline' }],
    ['docs', '/system/crm/docs/oauth2-redirect.html', {}],
  ])('signs a person in at the browser by code with PKCE, for the public client %s', async (clientId, path, resource) => {
    const redirect = `${issuer.url}${path}`;
    const visit = browser();
    const verifier = randomBytes(32).toString('base64url');
    const start = new URL(`${issuer.url}/auth`);
    start.search = new URLSearchParams({
      client_id: clientId,
      response_type: 'code',
      redirect_uri: redirect,
      scope: 'openid profile portal.read hcm.read mappings.write',
      ...resource,
      state: 's',
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
    }).toString();
    const page = await visit(start);
    expect(await page.answer.text()).toContain('Ines Kowalczyk');
    const back = await visit(page.url, new URLSearchParams({ person: 'person-hr' }), redirect);
    const code = back.url.searchParams.get('code')!;
    const body = new URLSearchParams({
      grant_type: 'authorization_code',
      code,
      code_verifier: verifier,
      client_id: clientId,
      redirect_uri: redirect,
    });
    const answer = (await (await fetch(`${issuer.url}/token`, { method: 'POST', body })).json()) as { access_token: string; id_token: string };
    // mappings.write was requested, but Ines does not have this scope.
    expect(decodeJwt(answer.access_token)).toMatchObject({
      kind: 'person',
      sub: 'person-hr',
      client_id: clientId,
      aud: 'urn:throughline',
      scope: 'hcm.read portal.read',
      field_rights: ['worker.cost-rate'],
    });
    expect(decodeJwt(answer.id_token).sub).toBe('person-hr');
  });

  it('refuses a code request without PKCE', async () => {
    const query = new URLSearchParams({ client_id: 'console', response_type: 'code', redirect_uri: `${issuer.url}/console/`, scope: 'openid' });
    const answer = await fetch(`${issuer.url}/auth?${query.toString()}`, { redirect: 'manual' });
    expect(answer.headers.get('location')).toContain('error=invalid_request');
  });

  it('keeps secrets and signatures good over a restart with the same keys', async () => {
    const keys = await makeIssuerKeys();
    const first = await startIssuer({ keys, port: 0 });
    const secret = first.secretOf('portal');
    const { port } = new URL(first.url);
    await first.close();
    const second = await startIssuer({ keys, port: Number(port) });
    expect(second.secretOf('portal')).toBe(secret);
    expect(((await (await fetch(`${second.url}/jwks`)).json()) as { keys: { kid: string }[] }).keys.map(key => key.kid)).toEqual([keys.jwk.kid]);
    await second.close();
  });

  it('offers every scope that an API may require', async () => {
    const discovery = (await (await fetch(`${issuer.url}/.well-known/openid-configuration`)).json()) as { scopes_supported: string[] };
    expect(discovery.scopes_supported).toEqual(expect.arrayContaining(SCOPES));
  });
});

describe('the embedded issuer under attack', () => {
  let issuer: TestIssuer;
  beforeAll(async () => {
    issuer = await testIssuer();
  });
  afterAll(() => issuer.close());

  const token = (clientId: string, secret: string, grant = 'client_credentials') =>
    fetch(`${issuer.url}/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}` },
      body: new URLSearchParams({ grant_type: grant }),
    });

  it.each(['http://[', '//[', '*', 'http://:0/', '/%zz', '/interaction/%00', '/interaction/'])(
    'goes on answering after the target %s',
    async target => {
      expect(await rawAnswer(issuer.url, `GET ${target} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n`)).toMatch(/^HTTP\/1\.1 [34]\d\d /);
      expect((await fetch(`${issuer.url}/jwks`)).status).toBe(200);
    },
  );

  it('refuses a form that is too large, at the sign-in and at its other endpoints', async () => {
    const visit = browser();
    const { url } = await visit(authorization(issuer.url));
    const form = new URLSearchParams({ person: 'a'.repeat(1_000_000) });
    for (const path of [url.pathname, '/token', '/auth', '/request', '/session/end', '/session/end/confirm'])
      expect([413, undefined], path).toContain((await visit(new URL(path, issuer.url), form, undefined, true)).answer?.status);
    const chunked = fetch(url, { method: 'POST', body: new Blob(['a'.repeat(100)]).stream(), duplex: 'half' });
    expect((await chunked).status).toBe(411);
    expect((await visit(url)).answer.status).toBe(200);
  });

  it('refuses those who guess a secret, for a while, but nobody who has the right one', async () => {
    const right = issuer.credentialsOf('portal').clientSecret;
    expect((await token('portal', right)).status).toBe(200);
    const answers = [];
    for (let n = 0; n < 12; n++) answers.push((await token('portal', `guess-${n}`)).status);
    expect(answers.slice(0, 10)).toEqual(Array.from({ length: 10 }, () => 401));
    const refused = await token('portal', 'guess');
    expect([answers[11], refused.status]).toEqual([429, 429]);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await token('portal', right)).status).toBe(200);
    expect((await token('operations', issuer.credentialsOf('operations').clientSecret)).status).toBe(200);
    // Many concurrent tries are no way around.
    const atOnce = await Promise.all(Array.from({ length: 40 }, async (_, n) => (await token('sales', `guess-${n}`)).status));
    expect(atOnce.filter(status => status === 401).length).toBeLessThanOrEqual(10);
    // A right secret that was never used from this address is refused together with the guesses.
    expect((await token('sales', issuer.credentialsOf('sales').clientSecret)).status).toBe(429);
  });

  it('counts a guess for the client whose secret is compared, however its id is written, at every endpoint that compares one', async () => {
    const basic = (clientId: string) => `Basic ${Buffer.from(`${clientId}:guess`).toString('base64')}`;
    const spellings = ['partner', 'p%61rtner', '%70artner', 'part%6Eer', 'partne%72'];
    const doors = ['/token', '/request', '/token/', '/TOKEN'];
    const asked = Array.from({ length: 20 }, async (_, n) => {
      const headers = { authorization: basic(spellings[n % spellings.length]) };
      const body = new URLSearchParams({ grant_type: 'client_credentials' });
      return (await fetch(issuer.url + doors[n % doors.length], { method: 'POST', headers, body })).status;
    });
    const statuses = await Promise.all(asked);
    expect([401, 429].map(status => statuses.filter(one => one === status).length)).toEqual([10, 10]);
  });

  it('accepts no proof of a secret by another kind of request', async () => {
    const ask = (method: string, path: string, secret: string) =>
      fetch(issuer.url + path, { method, headers: { authorization: `Basic ${Buffer.from(`crm-service:${secret}`).toString('base64')}` } });
    const statuses = [];
    for (let n = 0; n < 14; n++) {
      await ask('GET', '/jwks', `guess-${n}`);
      await ask('OPTIONS', '/token', `guess-${n}`);
      statuses.push((await ask('POST', '/token', `guess-${n}`)).status);
    }
    expect(statuses).toEqual([...Array.from({ length: 10 }, () => 401), 429, 429, 429, 429]);
  });

  it('refuses guessing who may sign in', async () => {
    const visit = browser();
    const { url } = await visit(authorization(issuer.url));
    const statuses = [];
    for (let n = 0; n < 12; n++) statuses.push((await visit(url, new URLSearchParams({ person: `nobody-${n}` }))).answer.status);
    expect(statuses).toEqual([...Array.from({ length: 10 }, () => 400), 429, 429]);
  });

  it('drops the oldest of too many unfinished sign-ins', async () => {
    const visit = browser();
    const first = await visit(authorization(issuer.url));
    const memory = new IssuerMemory('Interaction');
    for (let n = 0; n < 2_000; n++) await memory.upsert(`flood-${n}`, { uid: `flood-${n}` }, 3600);
    expect((await visit(first.url)).answer.status).toBe(400);
    expect((await (await browser()(authorization(issuer.url))).answer.text()).includes('Ines Kowalczyk')).toBe(true);
  });

  it('sends pages that allow no frame, no script and no caching', async () => {
    const visit = browser();
    const pages = [
      await visit(authorization(issuer.url)),
      await visit(new URL(`${issuer.url}/auth?client_id=nobody`)),
      await visit(new URL(`${issuer.url}/session/end`)),
      await visit(new URL(`${issuer.url}/session/end/success`)),
      await visit(new URL(`${issuer.url}/interaction/none`)),
    ];
    const signedIn = browser();
    const page = await signedIn(authorization(issuer.url));
    await signedIn(page.url, new URLSearchParams({ person: 'person-hr' }), `${issuer.url}/console/`);
    pages.push(await signedIn(new URL(`${issuer.url}/session/end`)));
    for (const { url, answer } of pages) {
      expect(Object.fromEntries(answer.headers), url.pathname).toMatchObject({
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cache-control': expect.stringContaining('no-store'),
        'content-security-policy': expect.stringMatching(/default-src 'none'[^]*frame-ancestors 'none'/),
      });
      const policy = answer.headers.get('content-security-policy');
      expect(policy).not.toMatch(/unsafe-inline|script-src/);
      const text = await answer.text();
      // A browser accepts only the style that the policy names.
      for (const [, style] of text.matchAll(/<style>([^]*?)<\/style>/g))
        expect(policy, url.pathname).toContain(`style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'; base-uri 'none'`);
      expect(text, url.pathname).not.toMatch(/<script|https:\/\/fonts|\son\w+=/i);
    }
  });
});

describe('the embedded issuer and an address with many wrong guesses', () => {
  let issuer: TestIssuer;
  beforeAll(async () => {
    issuer = await testIssuer();
  });
  afterAll(() => issuer.close());

  const inBody = (clientId: string, secret: string, path = '/token') =>
    fetch(issuer.url + path, {
      method: 'POST',
      body: new URLSearchParams({ grant_type: 'client_credentials', client_id: clientId, client_secret: secret }),
    });

  it('reads no secret in a body, counts failures in total, and still serves clients whose secret was proven', async () => {
    const { clientSecret } = issuer.credentialsOf('operations');
    await issuer.tokenFor({ client: 'operations' });
    const right = await inBody('operations', clientSecret);
    expect([right.status, await right.json()]).toEqual([401, expect.objectContaining({ error: 'invalid_client' })]);
    const statuses: number[] = [];
    for (let n = 0; n < 80; n++) statuses.push((await inBody(`made-up-${n}`, 'guess', n % 2 ? '/token' : '/request')).status);
    expect([401, 429].map(status => statuses.filter(one => one === status).length)).toEqual([49, 31]);
    expect(statuses.at(-1)).toBe(429);
    const refused = await inBody('portal', 'guess');
    expect([refused.status, Number(refused.headers.get('retry-after')) > 0]).toEqual([429, true]);
    expect(await refused.json()).toMatchObject({ type: 'urn:throughline:problem:rate-limited', code: 'too-many-guesses' });
    // The proven secret passes, one that was never proven from here is refused, and other addresses
    // are not affected.
    expect(decodeJwt(await issuer.tokenFor({ client: 'operations' })).sub).toBe('operations');
    await expect(issuer.tokenFor({ client: 'portal' })).rejects.toThrow(/429|too-many-guesses/);
    expect(await statusFrom('127.0.0.2', issuer, 'portal')).toBe(200);
  });

  it('says in its discovery that secrets come by Basic authentication only', async () => {
    const discovery = (await (await fetch(`${issuer.url}/.well-known/openid-configuration`)).json()) as Record<string, string[]>;
    expect(discovery.token_endpoint_auth_methods_supported).toEqual(['client_secret_basic', 'none']);
  });
});

describe('the embedded issuer and pages of other origins', () => {
  let issuer: TestIssuer;
  beforeAll(async () => {
    issuer = await testIssuer();
  });
  afterAll(() => issuer.close());

  const ask = async (method: string, path: string, origin: string): Promise<Record<string, string>> => {
    const preflight = method === 'OPTIONS' ? { 'access-control-request-method': 'POST', 'access-control-request-headers': 'x' } : {};
    const answer = await fetch(issuer.url + path, {
      method,
      headers: { origin, ...preflight },
      ...(method === 'POST' ? { body: new URLSearchParams({ grant_type: 'authorization_code', client_id: 'console', code: 'none' }) } : {}),
    });
    return Object.fromEntries([...answer.headers].filter(([name]) => name.startsWith('access-control-')));
  };

  it.each(['/token', '/request', '/me', '/token/revocation', '/token/introspection'])('lets none of them read answers of %s', async path => {
    for (const origin of ['https://elsewhere.example', 'null', `${issuer.url}.example`])
      for (const method of ['OPTIONS', 'POST']) expect(await ask(method, path, origin), `${method} ${origin}`).toEqual({});
    const wrong = await fetch(`${issuer.url}${path}`, {
      method: 'POST',
      headers: { origin: 'https://elsewhere.example', authorization: 'Basic eDp5' },
    });
    expect(wrong.headers.get('access-control-allow-origin')).toBeNull();
  });

  it('lets the console read tokens, and everybody the public documents', async () => {
    for (const method of ['OPTIONS', 'POST']) expect((await ask(method, '/token', issuer.url))['access-control-allow-origin']).toBe(issuer.url);
    for (const path of ['/jwks', '/.well-known/openid-configuration'])
      expect(await ask('GET', path, 'https://elsewhere.example')).toHaveProperty('access-control-allow-origin');
  });
});

/**
 * The status of a token request with the client's own secret from another address of this machine.
 */
function statusFrom(localAddress: string, issuer: TestIssuer, clientId: string): Promise<number | undefined> {
  const auth = `${clientId}:${issuer.credentialsOf(clientId).clientSecret}`;
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  return new Promise((resolve, reject) => {
    const asked = httpRequest(`${issuer.url}/token`, { method: 'POST', localAddress, auth, headers }, answer => {
      answer.resume();
      resolve(answer.statusCode);
    });
    asked.on('error', reject);
    asked.end('grant_type=client_credentials');
  });
}

function authorization(issuerUrl: string): URL {
  const url = new URL(`${issuerUrl}/auth`);
  url.search = new URLSearchParams({
    client_id: 'console',
    response_type: 'code',
    redirect_uri: `${issuerUrl}/console/`,
    scope: 'openid',
    code_challenge: createHash('sha256').update('v'.repeat(43)).digest('base64url'),
    code_challenge_method: 'S256',
  }).toString();
  return url;
}

/** A browser that keeps cookies and follows redirects until it reaches `until`. */
function browser() {
  const cookies = new Map<string, string>();
  return async function visit(from: URL, form?: URLSearchParams, until?: string, mayBeCut = false): Promise<{ url: URL; answer: Response }> {
    let url = from;
    let body = form;
    for (;;) {
      const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
      const sent = fetch(url, { method: body ? 'POST' : 'GET', body, headers: { cookie }, redirect: 'manual' });
      // When a request is too large, the connection may be closed before the answer.
      const answer = mayBeCut ? await sent.catch(() => undefined as never) : await sent;
      if (!answer) return { url, answer };
      for (const line of answer.headers.getSetCookie()) {
        const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)!;
        if (value) cookies.set(name, value);
        else cookies.delete(name);
      }
      const location = answer.headers.get('location');
      if (!location) return { url, answer };
      url = new URL(location, url);
      body = undefined;
      if (until && url.href.startsWith(until)) return { url, answer };
    }
  };
}
