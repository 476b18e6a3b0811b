import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aDeclaration, testDatabase, testIssuer, type TestDatabase, type TestIssuer } from '#testing';
import { createApp } from '../create-app.js';
import { parcels } from '../parcels.fixture.js';
import { policyOf, referencePage } from './reference-page.js';

let database: TestDatabase;
let issuer: TestIssuer;
let app: NestFastifyApplication;

beforeAll(async () => {
  [database, issuer] = await Promise.all([testDatabase({ serves: [parcels] }), testIssuer()]);
  app = await createApp(parcels, { env: { ...process.env, LOG_LEVEL: 'silent', PARCELS_CLIENT_SECRET: 'none', DOCS_CLIENT_ID: 'docs-of-acme' } });
});
afterAll(async () => {
  await app?.close();
  await issuer.close();
  await database.close();
});

describe('the reference of an app', () => {
  it('is a page without inline scripts that shows the newest version, for anybody', async () => {
    const { statusCode, headers, body } = await app.inject('/docs');
    expect([statusCode, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    expect(body).toContain('data-document="./openapi/v1.json" data-client="docs-of-acme"');
    expect(body.match(/<script[^>]*>(?!<\/script>)/g)).toBeNull();
    expect(headers['content-security-policy']).toContain(
      `script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self' ${issuer.url};`,
    );
  });

  it('has files of its own, and no others', async () => {
    const files = ['swagger-ui.css', 'swagger-ui-bundle.js', 'oauth2-redirect.html', 'oauth2-redirect.js', 'start.js'];
    const answers = await Promise.all(files.map(async file => app.inject(`/docs/${file}`)));
    expect(answers.map(({ statusCode }) => statusCode)).toEqual(files.map(() => 200));
    expect(answers.map(({ headers }) => String(headers['content-type']).split(';')[0])).toEqual([
      'text/css',
      'text/javascript',
      'text/html',
      'text/javascript',
      'text/javascript',
    ]);
    expect(answers[2].headers['content-security-policy']).toContain("default-src 'none'; script-src 'self'");
    expect(answers[2].body).not.toMatch(/<script>/);
    expect(answers[4].body).toContain('usePkceWithAuthorizationCodeGrant: true');
    for (const other of ['package.json', '..%2Fpackage.json', 'toString', 'index.html'])
      expect((await app.inject(`/docs/${other}`)).statusCode).toBe(404);
  });

  it('shows each version, and none that is not there', async () => {
    expect((await app.inject('/docs?version=v1')).statusCode).toBe(200);
    for (const version of ['v9', '%3Cscript%3E', 'v1&version=v1']) expect((await app.inject(`/docs?version=${version}`)).statusCode).toBe(404);
  });

  it('has readers sign in where the issuer says', async () => {
    const { components } = (await app.inject('/openapi/v1.json')).json<{ components: { securitySchemes: { throughline: { flows: object } } } }>();
    expect(components.securitySchemes.throughline.flows).toMatchObject({
      authorizationCode: {
        authorizationUrl: `${issuer.url}/auth`,
        tokenUrl: `${issuer.url}/token`,
        scopes: { 'crm.read': expect.any(String) as string },
      },
      clientCredentials: { tokenUrl: `${issuer.url}/token` },
    });
  });

  it('is there while the issuer is away', async () => {
    const env = { ...process.env, LOG_LEVEL: 'silent', PARCELS_CLIENT_SECRET: 'none', ISSUER_URL: 'http://127.0.0.1:9' };
    const away = await createApp({ ...parcels, apis: [{ ...parcels.apis[0], ...aDeclaration({ app: 'parcels', layer: 'system' }) }] }, { env });
    const [page, document] = [await away.inject('/docs'), await away.inject('/openapi/v1.json')];
    await away.close();
    expect([page.statusCode, document.statusCode]).toEqual([200, 200]);
    expect(page.headers['content-security-policy']).toContain("connect-src 'self';");
  });
});

describe('a reference page', () => {
  const page = { title: '<b>"Parcels"</b>', versions: ['v1', 'v2'], shown: 'v1', graphql: false, clientId: '"><script>' };

  it('escapes what it shows, and links its versions', () => {
    const html = referencePage(page);
    expect(html).not.toMatch(/<b>|"><script>/);
    expect(html).toContain('<a href="./docs?version=v1" aria-current="page">v1</a> <a href="./docs?version=v2">v2</a>');
  });

  it('leads to GraphiQL where the API is a GraphQL schema', () => {
    expect(referencePage({ ...page, graphql: true })).toContain('<a href="./graphiql">');
    expect(referencePage({ ...page, graphql: true })).not.toContain('<script');
  });

  it('lets the page call no other origin than the issuer’s', () => {
    expect(policyOf('https://login.example.com/oauth/token?x=1')).toContain("connect-src 'self' https://login.example.com;");
  });
});
