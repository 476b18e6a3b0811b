import type { RequestListener } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { defineApi, get, operations, put } from '#apis';
import { aDeclaration, testIssuer, testServer, type TestIssuer, type TestServer } from '#testing';
import { loadConfig } from '../config/setting.js';
import { ApiClient, type ApiClientOptions } from './api-client.js';
import { addressesOf, clientConfigOf } from './client.config.js';

class Thing {
  name: string;
}

class FreshQuery {
  fresh?: boolean;
}

const things = defineApi(
  aDeclaration({ app: 'things', layer: 'system' }),
  operations('things', {
    getThing: get('things/:id', { scope: 'crm.read', summary: 'A thing', query: FreshQuery, answer: Thing }),
    putThing: put('things/:id', { scope: 'crm.write', summary: 'A thing', body: Thing, answer: Thing }),
  }),
);

const JSON_TYPE = { 'content-type': 'application/json' };

let issuer: TestIssuer;
const servers: TestServer[] = [];

beforeAll(async () => {
  issuer = await testIssuer();
});
afterAll(() => issuer.close());
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

async function answering(answer: RequestListener): Promise<TestServer> {
  const server = await testServer(answer);
  servers.push(server);
  return server;
}

const client = (o: Pick<ApiClientOptions, 'baseUrl' | 'addresses'>) =>
  new ApiClient({ ...issuer.credentialsOf('crm-service'), scope: '', issuerUrl: issuer.url, ...o });

describe('another app', () => {
  it('is called by the definition of its API', async () => {
    const seen: string[] = [];
    const { url: baseUrl } = await answering((request, response) => {
      let body = '';
      request.on('data', chunk => (body += String(chunk)));
      request.on('end', () => {
        const { 'if-match': ifMatch, 'idempotency-key': key } = request.headers;
        seen.push([request.method, request.url, body, ifMatch, key].filter(Boolean).join(' '));
        response.writeHead(200, JSON_TYPE).end('{"name":"Aurora"}');
      });
    });
    const api = client({ baseUrl }).of(things);
    expect(await api.getThing({ id: 'a/b', query: { fresh: true } })).toEqual({ name: 'Aurora' });
    await api.putThing({ id: 'p1', body: { name: 'Borea' } }, { ifMatch: 'h-1', idempotencyKey: 'k-1' });
    expect(seen).toEqual(['GET /system/things/v1/things/a%2Fb?fresh=true', 'PUT /system/things/v1/things/p1 {"name":"Borea"} h-1 k-1']);
  });

  it('is reached at its own address if the settings give one, otherwise behind the gateway', async () => {
    const { url: elsewhere } = await answering((_, response) => void response.writeHead(200, JSON_TYPE).end('{"name":"there"}'));
    const { url: baseUrl } = await answering((_, response) => void response.writeHead(200, JSON_TYPE).end('{"name":"behind the gateway"}'));
    const def = { name: 'asking', calls: [things] };
    const config = loadConfig(clientConfigOf(def), { ASKING_CLIENT_SECRET: 'x', ASKING_THINGS_URL: `${elsewhere}/` });
    expect(addressesOf(config, def)).toEqual({ things: `${elsewhere}/` });
    const caller = client({ baseUrl, addresses: addressesOf(config, def) });
    expect(await caller.of(things).getThing({ id: 'p1' })).toEqual({ name: 'there' });
    expect(await caller.of({ ...things, app: 'others' }).getThing({ id: 'p1' })).toEqual({ name: 'behind the gateway' });
    const wrong = { name: 'asking-wrongly', calls: [things] };
    for (const address of ['there', 'ftp://there', 'http://user:secret@there', 'http://there/?a=b', 'http://there/#a', 'there.example'])
      expect(() => loadConfig(clientConfigOf(wrong), { ASKING_WRONGLY_CLIENT_SECRET: 'x', ASKING_WRONGLY_THINGS_URL: address }), address).toThrow(
        'ASKING_WRONGLY_THINGS_URL must be a URL like https://api.example.com, without a user, query or fragment',
      );
  });
});
