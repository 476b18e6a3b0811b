import { request } from 'node:http';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { fastify } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AppDefinition } from '#service';
import { tryPort } from '../ports.js';
import { Gateway } from './gateway.js';

const definition = (name: string): AppDefinition => ({ name, prefix: `/system/${name}`, apis: [{ version: '1' }] }) as unknown as AppDefinition;
const [early, late] = [definition('early'), definition('late')];

/** An app that answers with the request as it received it. */
function echoing(): NestFastifyApplication {
  const app = fastify();
  app.get('/readyz', () => ({ status: 'ok' }));
  app.get('/v1/mine', (_, reply) => reply.header('cache-control', 'public, max-age=60').send('mine'));
  app.get('/v1/fails', () => {
    throw new Error('a defect');
  });
  app.get('/*', asked => ({ url: asked.url, headers: asked.headers }));
  return { getHttpAdapter: () => ({ getInstance: () => app }), inject: (o: object) => app.inject(o) } as unknown as NestFastifyApplication;
}

describe('the gateway', () => {
  const gateway = new Gateway([early, late]);
  let url: string;
  beforeAll(async () => {
    const port = (await tryPort(0))!;
    await gateway.listen(port, '127.0.0.1');
    url = `http://127.0.0.1:${port}`;
    const app = echoing();
    await (app.getHttpAdapter().getInstance() as unknown as { ready(): Promise<void> }).ready();
    gateway.mount([{ def: early, app }]);
  });
  afterAll(() => gateway.close());

  it('answers for apps that are not mounted yet, and serves those that are', async () => {
    expect((await fetch(`${url}/system/early/v1/things`)).status).toBe(200);
    for (const path of ['/system/late/v1/things', '/', '/metrics', '/readyz']) {
      const answer = await fetch(url + path);
      expect([answer.status, answer.headers.get('retry-after')], path).toEqual([503, '1']);
      expect(((await answer.json()) as { detail: string }).detail).toMatch(/apps are starting/);
    }
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    expect((await fetch(`${url}/elsewhere`)).status).toBe(404);
  });

  it('tells apps the address of the connection, whatever the caller claims', async () => {
    const said = {
      'x-forwarded-for': '203.0.113.9, 127.0.0.1',
      forwarded: 'for=203.0.113.9',
      'x-real-ip': '203.0.113.9',
      'x-forwarded-host': 'elsewhere.example',
      'x-forwarded-proto': 'https',
      'x-forwarded-port': '443',
    };
    const { headers } = (await (await fetch(`${url}/system/early/v1/things`, { headers: said })).json()) as { headers: Record<string, string> };
    expect(headers['x-forwarded-for']).toBe('127.0.0.1');
    expect(JSON.stringify(headers)).not.toMatch(/203\.0\.113\.9|elsewhere\.example|\b443\b/);
  });

  it.each(['/system/early/v1/things', '/system/late', '/healthz', '/readyz', '/nothing', '/system/early/v1/fails'])(
    'forbids frames, caching and referrers in its answers to %s',
    async path => {
      const { headers } = await fetch(url + path);
      expect(Object.fromEntries(headers)).toMatchObject({
        'x-content-type-options': 'nosniff',
        'content-security-policy': expect.stringContaining("frame-ancestors 'none'"),
        'referrer-policy': 'no-referrer',
        'cache-control': 'no-store',
      });
    },
  );

  it('keeps the headers that an app sets itself', async () => {
    expect((await fetch(`${url}/system/early/v1/mine`)).headers.get('cache-control')).toBe('public, max-age=60');
  });

  it('refuses methods that it does not serve', async () => {
    const ask = (method: string, path: string) =>
      new Promise<[number | undefined, string | undefined]>((resolve, reject) => {
        const asked = request(url + path, { method }, answer => {
          answer.resume();
          resolve([answer.statusCode, answer.headers.allow]);
        });
        asked.on('error', reject);
        asked.end();
      });
    for (const path of ['/healthz', '/readyz', '/metrics', '/', '/system/early/v1/things', '/nothing'])
      for (const method of ['TRACE', 'PROPFIND', 'PURGE', 'LINK']) expect((await ask(method, path))[0], `${method} ${path}`).toBe(501);
    for (const path of ['/healthz', '/readyz', '/metrics', '/'])
      for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])
        expect(await ask(method, path), `${method} ${path}`).toEqual([405, 'GET, HEAD']);
    expect((await ask('HEAD', '/healthz'))[0]).toBe(200);
  });

  it('refuses headers and addresses beyond its bounds before any app sees them', async () => {
    expect((await fetch(`${url}/system/early/v1/${'a'.repeat(9_000)}`)).status).toBe(414);
    expect((await fetch(`${url}/system/early/v1/things`, { headers: { x: 'a'.repeat(20_000) } })).status).toBe(431);
    const status = await new Promise(resolve =>
      request(`${url}/`, { path: 'http://[' }, answer => {
        answer.resume();
        resolve(answer.statusCode);
      }).end(),
    );
    expect(status).toBe(400);
  });
});
