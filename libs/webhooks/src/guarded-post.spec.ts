import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { testServer, type TestServer } from '#testing';
import { ForbiddenAddress, guardedPost, type Post, type Resolve } from './guarded-post.js';

let server: TestServer;
let connections: number;
let answer: (response: ServerResponse) => void;
beforeEach(async () => {
  connections = 0;
  answer = response => void response.writeHead(204).end();
  server = await testServer((_, response) => answer(response));
  server.server.on('connection', () => connections++);
});
afterEach(() => server.close());

/** A look-up that answers each list once, the last for ever; counted. */
function answers(...lists: string[][]): Resolve & { asked: number } {
  const resolve: Resolve & { asked: number } = Object.assign(
    ((_name, _options, done) => {
      const list = lists[Math.min(resolve.asked++, lists.length - 1)];
      done(
        null,
        list.map(address => ({ address, family: address.includes(':') ? 6 : 4 })),
      );
    }) as Resolve,
    { asked: 0 },
  );
  return resolve;
}

const port = () => new URL(server.url).port;
const post = (host: string, o: Partial<Post> = {}) =>
  guardedPost({ url: new URL(`http://${host}:${port()}/`), headers: {}, body: '{}', timeoutMs: 300, loopbackOpen: false, ...o });

describe('a post to an address that somebody else chose', () => {
  it.each(['127.0.0.1', '2130706433', '0x7f.1', '[::1]', '[::ffff:127.0.0.1]', '0.0.0.0', '10.0.0.1', '169.254.169.254'])(
    'makes no connection to %s',
    async host => {
      await expect(post(host)).rejects.toBeInstanceOf(ForbiddenAddress);
      expect(connections).toBe(0);
    },
  );

  it('makes no connection by a name that leads there, nor where one of its addresses does', async () => {
    for (const addresses of [['127.0.0.1'], ['::1'], ['127.0.0.1', '8.8.8.8'], ['8.8.8.8', '127.0.0.1'], []])
      await expect(post('partner.test', { resolve: answers(addresses) })).rejects.toBeInstanceOf(ForbiddenAddress);
    expect(connections).toBe(0);
  });

  it('reaches what is allowed, by name and by address', async () => {
    expect(await post('partner.test', { resolve: answers(['127.0.0.1']), loopbackOpen: true })).toMatchObject({ status: 204 });
    expect(await post('127.0.0.1', { loopbackOpen: true })).toMatchObject({ status: 204 });
    expect(connections).toBe(2);
  });

  it('looks a name up once for each connection, and judges just that answer', async () => {
    const resolve = answers(['127.0.0.1'], ['10.0.0.1']);
    expect(await post('partner.test', { resolve, loopbackOpen: true })).toMatchObject({ status: 204 });
    expect(resolve.asked).toBe(1);
    await expect(post('partner.test', { resolve, loopbackOpen: true })).rejects.toBeInstanceOf(ForbiddenAddress);
    expect(resolve.asked).toBe(2);
  });

  it('follows no redirect', async () => {
    answer = response => void response.writeHead(308, { location: `${server.url}/elsewhere` }).end();
    expect(await post('127.0.0.1', { loopbackOpen: true })).toMatchObject({ status: 308 });
    expect(connections).toBe(1);
  });

  it.each<[string, (response: ServerResponse) => void]>([
    ['nothing', () => undefined],
    ['half a head', response => void response.socket?.write('HTTP/1.1 200 OK\r\nx: ')],
  ])('ends when its time is up and there is %s', async (_, behaviour) => {
    answer = behaviour;
    await expect(post('127.0.0.1', { loopbackOpen: true })).rejects.toThrow('it did not answer within 300 ms');
  });

  it('ends when a name is looked up for too long', async () => {
    await expect(post('partner.test', { resolve: () => undefined })).rejects.toThrow('it did not answer within 300 ms');
  });

  it('reads no more of an answer than its bounds', async () => {
    let sent = 0;
    const gone = new Promise<void>(resolve => {
      answer = response => {
        response.on('close', resolve).writeHead(200);
        const more = (): void => {
          if (response.destroyed) return;
          sent += 65_536;
          response.write('x'.repeat(65_536), more);
        };
        more();
      };
    });
    expect(await post('127.0.0.1', { loopbackOpen: true, timeoutMs: 20_000 })).toMatchObject({ status: 200 });
    await gone;
    expect(sent).toBeLessThan(50_000_000);
    answer = response => void response.writeHead(200, { 'x-long': 'x'.repeat(20_000) }).end();
    await expect(post('127.0.0.1', { loopbackOpen: true })).rejects.toThrow(/Header overflow/i);
  });

  it('has the time that the receiver asks for, at most a day', async () => {
    for (const [header, ms] of [
      ['120', 120_000],
      ['999999999', 86_400_000],
      ['soon', undefined],
      ['Thu, 01 Jan 1970 00:00:00 GMT', 0],
    ] as const) {
      answer = response => void response.writeHead(503, { 'retry-after': header }).end();
      expect(await post('127.0.0.1', { loopbackOpen: true })).toEqual({ status: 503, retryAfterMs: ms });
    }
  });
});
