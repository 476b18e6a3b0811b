import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { generateKeyPairSync } from 'node:crypto';
import { decodeProtectedHeader, jwtVerify } from 'jose';
import { configureLog } from '#service';
import { problemOf, testDatabase, type TestDatabase } from '#testing';
import { apiKey, jwtAssertion, oauthClientCredentials } from './auth-scheme.js';
import type { Connector } from './connector.js';
import { connectorMigrations } from './connector.migrations.js';
import { tinyConnector } from './tiny-client.fixture.js';
import { type RunningTinyVendor, startTinyVendor } from './tiny-vendor.fixture.js';

let database: TestDatabase;
let vendor: RunningTinyVendor;
const open: Connector[] = [];

beforeAll(async () => {
  configureLog({ logLevel: 'fatal' });
  database = await testDatabase({ migrations: connectorMigrations });
});
afterAll(() => database.close());
beforeEach(async () => void (vendor = await startTinyVendor()));
afterEach(async () => {
  for (const connector of open.splice(0)) await connector.close();
  await vendor.close();
});

function connect(o: Parameters<typeof tinyConnector>[2] = {}, url = vendor.url): Connector {
  const connector = tinyConnector(database.dataSource, url, o);
  open.push(connector);
  return connector;
}

const read = { operation: 'list-things', kind: 'read', method: 'GET', path: '/things', query: { ref: 'a' } } as const;
const write = { operation: 'create-things', kind: 'write', method: 'POST', path: '/things', body: { ref: 'a' } } as const;
const writesSeen = () =>
  Object.entries(vendor.calls())
    .filter(([name]) => name.startsWith('write'))
    .reduce((sum, [, n]) => sum + n, 0);

describe('the log-in', () => {
  const oauth = () => oauthClientCredentials({ tokenUrl: `${vendor.url}/token`, clientId: 'us', clientSecret: 'hush-hush' });

  it('is made once for many calls', async () => {
    const connector = connect({ auth: oauth() });
    await Promise.all(Array.from({ length: 5 }, () => connector.send(read)));
    expect(vendor.vendor.tokens).toBe(1);
  });

  it('is made again once when the token is refused, for a write too', async () => {
    const connector = connect({ auth: oauth() });
    await connector.send(read);
    vendor.vendor.token = 'revoked by the admin';
    await expect(connector.send(write)).resolves.toMatchObject({ status: 201 });
    expect(vendor.vendor.tokens).toBe(2);
    expect(vendor.all('a')).toHaveLength(1);
  });

  it('is refused in plain words when the credentials are wrong', async () => {
    const connector = connect({ auth: oauthClientCredentials({ tokenUrl: `${vendor.url}/refuses`, clientId: 'us', clientSecret: 'wrong' }) });
    expect(await problemOf(connector.send(write))).toMatchObject({ kind: 'refused-by-vendor', code: 'login-refused', retryable: false });
  });

  it('may be a key in a header of its own, which is hidden where the vendor echoes it', async () => {
    const connector = connect({ auth: apiKey('x-tiny-key', 'token-1') });
    await expect(connector.send(write)).resolves.toMatchObject({ status: 201 });
    const problem = await problemOf(connector.send({ ...write, path: '/refuses' }));
    expect(problem.detail).toContain('[redacted]');
    expect(JSON.stringify([problem.detail, problem.vendor])).not.toContain('token-1');
    vendor.vendor.token = 'another';
    expect(await problemOf(connector.send(write))).toMatchObject({ retryable: false });
    expect(writesSeen()).toBe(3);
  });

  it('signs a fresh assertion with the certificate id, for PS256 and ES256', async () => {
    for (const alg of ['PS256', 'ES256'] as const) {
      const { privateKey, publicKey } =
        alg === 'PS256' ? generateKeyPairSync('rsa', { modulusLength: 2048 }) : generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const sent: URLSearchParams[] = [];
      const seen = new Proxy(vendor.vendor, {});
      const handle = seen.handle.bind(vendor.vendor);
      vendor.vendor.handle = request => {
        if (request.path === '/token') sent.push(new URLSearchParams(request.body));
        return handle(request);
      };
      const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
      const auth = jwtAssertion({
        tokenUrl: `${vendor.url}/token`,
        clientId: 'us',
        certificateId: 'cert-9',
        privateKey: pem,
        alg,
        scope: ['rest_webservices'],
      });
      await connect({ auth }).send(read);
      const assertion = sent[0].get('client_assertion')!;
      expect(decodeProtectedHeader(assertion)).toEqual({ typ: 'JWT', alg, kid: 'cert-9' });
      const { payload } = await jwtVerify(assertion, publicKey, { audience: `${vendor.url}/token`, issuer: 'us' });
      expect(payload.exp! - payload.iat!).toBeLessThan(3600);
    }
  });
});
