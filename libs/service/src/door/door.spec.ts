import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rawAnswer } from '#testing';
import { createDoor, listen, readBody, shut } from './door.js';

let door: Server;
let port: number;
let seen: string[];
const defects: string[] = [];

beforeAll(async () => {
  seen = [];
  door = createDoor(
    'a test',
    async (request, response) => {
      seen.push(request.url!);
      switch (request.url!.split('?')[0]) {
        case '/throws':
          throw new Error('thrown');
        case '/rejects':
          await sleep(1);
          throw new Error('rejected');
        case '/breaks':
          response.writeHead(200, { 'content-length': '100' }).write('half');
          throw new Error('broken');
        case '/twice':
          response.end('once');
          response.write('again');
          return;
        case '/body':
          response.end(String((await readBody(request, 1_000)).length));
          return;
        default:
          response.end('ok');
      }
    },
    { headersMs: 300, requestMs: 600 },
    what => defects.push(what),
  );
  await listen(door, 0, '127.0.0.1');
  ({ port } = door.address() as AddressInfo);
});
afterAll(() => shut(door));

const raw = (bytes: string | Buffer) => rawAnswer(`http://127.0.0.1:${port}`, bytes);
const statusOf = async (text: string | Buffer) => Number(/^HTTP\/1\.1 (\d+)/.exec(await raw(text))?.[1]);
const get = (target: string) => `GET ${target} HTTP/1.1\r\nhost: door\r\nconnection: close\r\n\r\n`;

describe('a door', () => {
  it.each(['http://[', '//[', 'http://', 'x', '[', '*', 'http://a:b:c/', 'ftp://a/', '\\\\', '%'])(
    'refuses the target %s and goes on',
    async target => {
      const answer = await raw(get(target));
      expect(answer).toMatch(target === '//[' ? /^HTTP\/1\.1 200/ : /^HTTP\/1\.1 400 [^]*problem\+json/);
      expect(await statusOf(get('/'))).toBe(200);
    },
  );

  it('passes on only targets that begin with a slash', async () => {
    seen = [];
    for (const target of ['/a?b=c', 'http://elsewhere:99/a/b?c', '//x/y', '/%zz', '/[']) await raw(get(target));
    expect(seen).toEqual(['/a?b=c', '/a/b?c', '//x/y', '/%zz', '/[']);
  });

  it.each([
    ['/throws', 500],
    ['/rejects', 500],
    ['/twice', 200],
  ])('ends the request %s but not the process, and reports it', async (path, status) => {
    expect(await statusOf(get(path))).toBe(status);
    expect(defects).toContain(`a test: GET ${path}`);
    expect(await statusOf(get('/'))).toBe(200);
  });

  it('cuts an answer that failed in the middle', async () => {
    await expect(fetch(`http://127.0.0.1:${port}/breaks`).then(answer => answer.text())).rejects.toThrow('terminated');
    expect(await statusOf(get('/'))).toBe(200);
  });

  it.each([
    ['what is not HTTP', 'hello\r\n\r\n', 400],
    ['nothing but control characters', Buffer.from([0, 1, 2, 3, 13, 10, 13, 10]), 400],
    ['headers of 100 kB', `GET / HTTP/1.1\r\nhost: a\r\nx: ${'a'.repeat(100_000)}\r\n\r\n`, 431],
    ['a target of 10 kB', get(`/${'a'.repeat(10_000)}`), 414],
    ['two lengths', 'POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab', 400],
    ['a length and chunks', 'POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n', 400],
    ['no host', 'GET / HTTP/1.1\r\n\r\n', 400],
    ['a request that stops within its headers', 'GET / HTTP/1.1\r\nhost: a\r\n', 408],
    ['a request that stops within its body', 'POST /body HTTP/1.1\r\nhost: a\r\ncontent-length: 10\r\n\r\nabc', NaN],
    ['a body of more than is taken', `POST /body HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-length: 2000\r\n\r\n${'a'.repeat(2000)}`, 413],
    [
      'chunks of more than is taken',
      `POST /body HTTP/1.1\r\nhost: a\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n7d0\r\n${'a'.repeat(2000)}\r\n0\r\n\r\n`,
      413,
    ],
  ])('answers %s and goes on', async (_, text, status) => {
    expect(await statusOf(text)).toBe(status);
    expect(await statusOf(get('/'))).toBe(200);
  });

  it('answers a request for an upgrade normally; a tunnel is refused', async () => {
    expect(await statusOf('GET / HTTP/1.1\r\nhost: a\r\nconnection: upgrade, close\r\nupgrade: websocket\r\n\r\n')).toBe(200);
    expect(await statusOf('CONNECT a:1 HTTP/1.1\r\nhost: a\r\n\r\n')).toBeNaN();
    expect(await statusOf(get('/'))).toBe(200);
  });

  it('refuses unserved methods before any handler sees them', async () => {
    seen = [];
    for (const method of ['TRACE', 'PROPFIND', 'PURGE', 'QUERY'])
      expect(await raw(`${method} / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n`), method).toMatch(/^HTTP\/1\.1 501 [^]*method-not-served/);
    expect(seen).toEqual([]);
    expect(defects.filter(one => /TRACE|PROPFIND|PURGE|QUERY/.test(one))).toEqual([]);
  });

  it.each([
    ['a request', get('/')],
    ['a target that is refused', get('*')],
    ['what is no HTTP', 'hello\r\n\r\n'],
  ])('forbids browsers to frame, run or cache its answer to %s', async (_, text) => {
    const [head] = (await raw(text)).split('\r\n\r\n');
    const headers = Object.fromEntries(head.split('\r\n').map(line => line.split(/: (.*)/)) as [string, string][]);
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'content-security-policy': expect.stringContaining("frame-ancestors 'none'") as string,
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
    });
  });

  it('closes as soon as its running answers are sent, even if a caller keeps its connection', async () => {
    const answered = Promise.withResolvers<void>();
    const closing = createDoor('closing', async (_request, response) => {
      await answered.promise;
      response.end('done');
    });
    await listen(closing, 0, '127.0.0.1');
    const asked = fetch(`http://127.0.0.1:${(closing.address() as AddressInfo).port}/`);
    await once(closing, 'request');
    const closed = once(closing, 'close');
    closing.close();
    answered.resolve();
    expect(await (await asked).text()).toBe('done');
    await closed;
  });

  it('holds no more of a body than it accepts, however much is sent', async () => {
    const grown = async (megabytes: number): Promise<number> => {
      globalThis.gc?.();
      const before = process.memoryUsage().rss;
      const sent = fetch(`http://127.0.0.1:${port}/body`, {
        method: 'POST',
        body: new ReadableStream({
          pull(out) {
            if (megabytes-- > 0) out.enqueue(new Uint8Array(1_000_000));
            else out.close();
          },
        }),
        duplex: 'half',
      });
      await sent.then(answer => answer.text()).catch(() => undefined);
      return process.memoryUsage().rss - before;
    };
    await grown(5);
    const [small, large] = [await grown(5), await grown(150)];
    console.log(`a body of 5 MB took ${(small / 1e6).toFixed(0)} MB, one of 150 MB ${(large / 1e6).toFixed(0)} MB`);
    expect(large).toBeLessThan(100_000_000);
  });
});
