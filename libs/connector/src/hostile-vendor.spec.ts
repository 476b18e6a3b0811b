import type { RequestListener } from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Problem } from '#canonical';
import { configureLog } from '#service';
import { problemOf, testDatabase, testServer, type TestDatabase, type TestServer } from '#testing';
import { oauthClientCredentials } from './auth-scheme.js';
import type { Connector } from './connector.js';
import { connectorMigrations } from './connector.migrations.js';
import { Paging } from './paging.js';
import { tinyConnector } from './tiny-client.fixture.js';
import { retryAfterMs } from './vendor-answer.js';

interface Door extends TestServer {
  seen: { path: string; authorization?: string; body: string }[];
  answers: RequestListener;
}

async function door(): Promise<Door> {
  const made: Pick<Door, 'seen' | 'answers'> = { seen: [], answers: (_, response) => response.end('{}') };
  const server = await testServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      made.seen.push({ path: request.url ?? '', authorization: request.headers.authorization, body: Buffer.concat(chunks).toString() });
      made.answers(request, response);
    });
  });
  return Object.assign(made, server);
}

let database: TestDatabase;
let vendor: Door;
let elsewhere: Door;
const open: Connector[] = [];

beforeAll(async () => {
  configureLog({ logLevel: 'silent' });
  database = await testDatabase({ migrations: connectorMigrations });
});
afterAll(() => database.close());
beforeEach(async () => void ([vendor, elsewhere] = [await door(), await door()]));
afterEach(async () => {
  for (const connector of open.splice(0)) await connector.close();
  await Promise.all([vendor.close(), elsewhere.close()]);
});

function connect(o: Parameters<typeof tinyConnector>[2] = {}): Connector {
  const connector = tinyConnector(database.dataSource, vendor.url, o);
  open.push(connector);
  return connector;
}
const read = { operation: 'list-things', kind: 'read', method: 'GET', path: '/things', deadlineMs: 2_000 } as const;
const write = { operation: 'create-things', kind: 'write', method: 'POST', path: '/things', body: { secret: 'ours' } } as const;

describe('an answer that points to another host', () => {
  it.each([301, 302, 303, 307, 308])('by a redirect %i is not followed, neither for a read nor for a write', async status => {
    vendor.answers = (_, response) => response.writeHead(status, { location: `${elsewhere.url}/things` }).end();
    for (const call of [read, write])
      expect(await problemOf(connect().send(call))).toMatchObject({ kind: 'refused-by-vendor', code: 'redirected', retryable: false });
    expect(elsewhere.seen).toEqual([]);
  });

  it('by a redirect of the log-in takes no secret there', async () => {
    vendor.answers = (_, response) => response.writeHead(307, { location: `${elsewhere.url}/token` }).end();
    const auth = oauthClientCredentials({ tokenUrl: `${vendor.url}/token`, clientId: 'us', clientSecret: 'hush-hush' });
    expect((await problemOf(connect({ auth }).send(read))).code).toBe('login-refused');
    expect(elsewhere.seen).toEqual([]);
  });

  it.each(['//evil.example/x', 'http://evil.example/x', 'https:evil.example', 'http://user@evil.example', 'http://'])(
    'by the link %s is a problem of the vendor, and nothing is sent there',
    async path => {
      vendor.answers = (_, response) => response.end('[]');
      const answer = await connect()
        .send({ ...read, path })
        .then(
          () => 'at the vendor',
          (error: Problem) => `${error.kind} ${error.code}`,
        );
      expect(['at the vendor', 'vendor-unavailable malformed-answer']).toContain(answer);
      expect(elsewhere.seen).toEqual([]);
    },
  );
});

describe('an answer that can not be', () => {
  const answered = (text: string, headers = {}) => {
    vendor.answers = (_, response) => response.writeHead(200, { 'content-type': 'application/json', ...headers }).end(text);
  };

  it.each([
    ['nothing', ''],
    ['an HTML page', '<html>It works!</html>'],
    ['half of it', '[{"id":'],
  ])('%s instead of JSON is a problem of the vendor', async (_, text) => {
    answered(text);
    const answer = await connect().send(read);
    expect(() => answer.json()).toThrow(expect.objectContaining({ kind: 'vendor-unavailable', code: 'malformed-answer' }));
  });

  it('of 400,000 levels is a problem of the vendor, not a crash', async () => {
    answered('['.repeat(400_000) + ']'.repeat(400_000));
    const answer = await connect().send(read);
    expect(() => answer.json()).toThrow(expect.objectContaining({ kind: 'vendor-unavailable', code: 'malformed-answer' }));
    answered('{"a":'.repeat(400_000) + '"ü"' + '}'.repeat(400_000));
    const other = await connect().send(read);
    expect(() => other.json()).toThrow(expect.objectContaining({ kind: 'vendor-unavailable', code: 'malformed-answer' }));
  });

  it.each([
    ['says so', true],
    ['does not say so', false],
  ])('larger than the bound ends there, when it %s', async (_, says) => {
    const most = 100_000;
    let sent = 0;
    vendor.answers = (__, response) => {
      response.writeHead(200, says ? { 'content-length': 50_000_000 } : {});
      const more = () => {
        while (sent < 50_000_000 && !response.destroyed) {
          sent += 10_000;
          if (!response.write(Buffer.alloc(10_000, 'a'))) return response.once('drain', more);
        }
        response.end();
      };
      more();
    };
    const problem = await problemOf(connect({ mostAnswerBytes: most }).send(read));
    expect([problem.kind, problem.code, problem.retryable]).toEqual(['vendor-unavailable', 'answer-too-large', false]);
    expect(problem.detail).toContain('100000');
    expect(sent).toBeLessThan(20_000_000);
  });

  it('to a write is of unknown outcome when it is larger than the bound', async () => {
    vendor.answers = (_, response) => response.writeHead(201).end('a'.repeat(200_000));
    expect(await problemOf(connect({ mostAnswerBytes: 100_000 }).send(write))).toMatchObject({ kind: 'vendor-unavailable', code: 'outcome-unknown' });
  });

  it.each([
    ['a token with line breaks', { access_token: 'a\r\nx: y' }],
    ['an instance that is no address', { access_token: 'a', instance_url: 'nowhere' }],
    ['no token', {}],
  ])('of the log-in, %s, is a problem of the vendor', async (_, body) => {
    answered(JSON.stringify(body));
    const auth = oauthClientCredentials({ tokenUrl: `${vendor.url}/token`, clientId: 'us', clientSecret: 'hush-hush' });
    expect(await problemOf(connect({ auth }).send(read))).toMatchObject({ kind: 'vendor-unavailable', code: 'not-made' });
  });
});

describe('when to come back', () => {
  const now = 'Wed, 20 Nov 2024 09:00:00 GMT';
  it.each([
    ['3', 3_000],
    ['0', 0],
    ['0.5', 500],
    ['-5', undefined],
    ['99999999999999', 900_000],
    ['1e9', undefined],
    ['Infinity', undefined],
    ['soon', undefined],
    ['', undefined],
    // By the vendor's own clock, whatever ours says.
    ['Wed, 20 Nov 2024 09:00:10 GMT', 10_000],
    ['Wed, 20 Nov 2024 08:00:00 GMT', undefined],
    ['Fri, 20 Nov 2099 09:00:00 GMT', 900_000],
  ])('%s is %s ms', (value, ms) => {
    expect(retryAfterMs({ 'retry-after': value, date: now })).toBe(ms);
  });

  it('is never waited for longer than the bound, and a pause without end ends', async () => {
    vendor.answers = (_, response) => response.writeHead(429, { 'retry-after': '99999999999999' }).end('{}');
    const problem = await problemOf(connect().send(read));
    expect([problem.kind, problem.retryAfterMs]).toEqual(['rate-limited', 900_000]);
    expect(vendor.seen).toHaveLength(1);
  });
});

describe('pages', () => {
  it.each([
    ['that are empty and say that there are more', [0], true],
    ['without end', Array.from({ length: 12 }, () => 1), true],
    ['that end', [5, 5, 1], false],
  ])('%s', (_, pages, throws) => {
    const paging = new Paging('tiny', 10);
    const readAll = () => pages.forEach((rows, i) => paging.page(rows, i < pages.length - 1 || throws, String(i)));
    if (throws) expect(readAll).toThrow(expect.objectContaining({ kind: 'vendor-unavailable', code: 'malformed-answer' }));
    else expect(readAll).not.toThrow();
  });

  it('whose next is the same again are a problem of the vendor', () => {
    const paging = new Paging('tiny');
    paging.page(5, true, '/next/1');
    expect(() => paging.page(5, true, '/next/1')).toThrow(expect.objectContaining({ code: 'malformed-answer' }));
  });
});
