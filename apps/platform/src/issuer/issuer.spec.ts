import { createHash, randomBytes } from 'node:crypto';
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testIssuer, type TestIssuer } from '#testing';
import { startIssuer } from './issuer.js';
import { makeIssuerKeys } from './issuer-keys.js';
import { SCOPES } from './sample-identities.js';

describe('the embedded issuer', () => {
  let issuer: TestIssuer;
  beforeAll(async () => {
    issuer = await testIssuer();
  });
  afterAll(() => issuer.close());

  it('gives a client a signed token for Throughline with its scopes, when it asks for none in particular', async () => {
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

  it('makes tokens that our apps must refuse: for another service, and expired', async () => {
    expect(decodeJwt(await issuer.tokenFor({ client: 'operations', wrongAudience: true })).aud).toBe('urn:another-service');
    const expired = decodeJwt(await issuer.tokenFor({ client: 'operations', expired: true }));
    expect(expired).toMatchObject({ iss: issuer.url, aud: 'urn:throughline', sub: 'operations' });
    expect(expired.exp).toBeLessThan(Date.now() / 1000);
  });

  it('signs a person in at the browser by code with PKCE, for the public client of the console', async () => {
    const visit = browser();
    const verifier = randomBytes(32).toString('base64url');
    const start = new URL(`${issuer.url}/auth`);
    start.search = new URLSearchParams({
      client_id: 'console',
      response_type: 'code',
      redirect_uri: `${issuer.url}/console/`,
      scope: 'openid profile portal.read hcm.read mappings.write',
      resource: 'urn:throughline',
      state: 's',
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
    }).toString();
    const page = await visit(start);
    expect(await page.answer.text()).toContain('Ines Kowalczyk');
    const back = await visit(page.url, new URLSearchParams({ person: 'person-hr' }), `${issuer.url}/console/`);
    const code = back.url.searchParams.get('code')!;
    const body = new URLSearchParams({
      grant_type: 'authorization_code',
      code,
      code_verifier: verifier,
      client_id: 'console',
      redirect_uri: `${issuer.url}/console/`,
    });
    const answer = (await (await fetch(`${issuer.url}/token`, { method: 'POST', body })).json()) as { access_token: string; id_token: string };
    // mappings.write was asked for, but Ines has no such scope.
    expect(decodeJwt(answer.access_token)).toMatchObject({
      kind: 'person',
      sub: 'person-hr',
      client_id: 'console',
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

  it('offers every scope that an API may ask for', async () => {
    const discovery = (await (await fetch(`${issuer.url}/.well-known/openid-configuration`)).json()) as { scopes_supported: string[] };
    expect(discovery.scopes_supported).toEqual(expect.arrayContaining(SCOPES));
  });
});

/** A browser that keeps cookies and follows redirects until `until` is reached. */
function browser() {
  const cookies = new Map<string, string>();
  return async function visit(from: URL, form?: URLSearchParams, until?: string): Promise<{ url: URL; answer: Response }> {
    let url = from;
    let body = form;
    for (;;) {
      const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
      const answer = await fetch(url, { method: body ? 'POST' : 'GET', body, headers: { cookie }, redirect: 'manual' });
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
