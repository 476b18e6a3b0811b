import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import fc, { type Arbitrary } from 'fast-check';
import type { Endpoints } from '../../apps/platform/src/endpoints.js';
import { anyDocument } from './graphql-documents.js';
import { anyJson, bodyText, forgedCursor, nastyText, someHeaders } from './nasty.js';

/** What one input came to. `fault`: why that may not be. */
export interface Outcome {
  status: number;
  fault?: string;
}

/** A request that can be printed, and said again from its seed. */
export interface Input {
  method: string;
  url: string;
  headers?: Record<string, string>;
  body?: string;
  /** Bytes for the socket in place of an HTTP request. */
  raw?: string;
}

/** One way in. */
export interface Door {
  name: string;
  inputs: Arbitrary<Input>;
}

export interface Tokens {
  /** Every scope. */
  operations: string;
  /** Finance of one legal entity. */
  person: string;
}

interface Operation {
  parameters?: { name: string; in: string }[];
  requestBody?: unknown;
}

const LONGEST_MS = 60_000;
const JSON_TYPE = { 'content-type': 'application/json' };

/** Every door of the platform: what is behind the gateway, the issuer, the stand-ins' control. */
export function doorsOf(endpoints: Endpoints, tokens: Tokens): Door[] {
  const bearer = fc.constantFrom(tokens.operations, tokens.operations, tokens.person).map(token => ({ authorization: `Bearer ${token}` }));
  const control = new URL(endpoints.faults).origin;
  return [
    ...endpoints.apis.filter(api => api.layer !== 'experience').map(api => routesDoor(api, bearer)),
    { name: 'cursors', inputs: cursorInputs(endpoints, bearer) },
    {
      name: 'GraphQL',
      inputs: fc.tuple(anyDocument, anyJson, bearer).map(([query, variables, headers]) => ({
        method: 'POST',
        url: endpoints.graphql,
        headers: { ...JSON_TYPE, ...headers },
        body: JSON.stringify({ query, variables }),
      })),
    },
    {
      name: 'GraphQL bodies',
      inputs: fc.tuple(bodyText, bearer, someHeaders).map(([body, headers, more]) => ({
        method: 'POST',
        url: endpoints.graphql,
        headers: { ...JSON_TYPE, ...more, ...headers },
        body,
      })),
    },
    { name: 'tokens', inputs: tokenInputs(endpoints, tokens.operations) },
    { name: 'gateway paths', inputs: pathInputs(endpoints.gateway) },
    { name: 'gateway sockets', inputs: rawInputs(endpoints.gateway) },
    { name: 'issuer forms', inputs: formInputs(endpoints) },
    { name: 'issuer paths', inputs: pathInputs(endpoints.issuer) },
    { name: 'issuer sockets', inputs: rawInputs(endpoints.issuer) },
    {
      name: 'faults control',
      inputs: fc
        .tuple(bodyText, someHeaders, fc.constantFrom<Record<string, string>>({}, { authorization: `Bearer ${endpoints.faultsToken}` }))
        .map(([body, headers, token]) => ({ method: 'POST', url: endpoints.faults, headers: { ...JSON_TYPE, ...headers, ...token }, body })),
    },
    { name: 'control sockets', inputs: rawInputs(control) },
  ];
}

/** Every operation of an app's document, with parameters, headers and bodies that nobody should send. */
function routesDoor(api: Endpoints['apis'][number], bearer: Arbitrary<Record<string, string>>): Door {
  const file = new URL(api.openapi).pathname.slice(1).replace('/openapi/', '.').replace('/', '-');
  const text = readFileSync(new URL(`../../../openapi/${file}`, import.meta.url), 'utf8');
  const { paths } = JSON.parse(text) as { paths: Record<string, Record<string, Operation>> };
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([method]) => ['get', 'put', 'post', 'delete', 'patch'].includes(method))
      .map(([method, operation]) => ({
        path: path.slice(path.indexOf(`/${api.version}`) + api.version.length + 1),
        method: method.toUpperCase(),
        operation,
      })),
  );
  const inputs = fc
    .tuple(fc.constantFrom(...operations), fc.infiniteStream(nastyText), bodyText, bearer, someHeaders, fc.boolean())
    .map(([{ path, method, operation }, texts, body, authorization, more, bare]): Input => {
      const text = () => encodeURIComponent((texts.next().value as string).toWellFormed()) || 'x';
      const query = (operation.parameters ?? []).filter(parameter => parameter.in === 'query').map(({ name }) => `${name}=${text()}`);
      const url = api.baseUrl + path.replaceAll(/\{[^}]+\}/g, text) + (query.length > 0 && !bare ? `?${query.join('&')}` : '');
      const sends = operation.requestBody !== undefined;
      return { method, url, headers: { ...(sends ? JSON_TYPE : {}), ...more, ...authorization }, ...(sends ? { body } : {}) };
    });
  return { name: `${api.layer} ${api.name}`, inputs };
}

function cursorInputs(endpoints: Endpoints, bearer: Arbitrary<Record<string, string>>): Arbitrary<Input> {
  const lists = [
    'deals',
    'customers',
    'rate-cards',
    'projects',
    'workers',
    'exceptions',
    'lines',
    'rates',
    'mappings',
    'runs',
    'periods',
    'invoices',
    'staffing-requests',
  ];
  const urls = endpoints.apis.filter(api => api.layer !== 'experience').flatMap(({ baseUrl }) => lists.map(list => `${baseUrl}/${list}`));
  return fc
    .tuple(fc.constantFrom(...urls), forgedCursor, bearer)
    .map(([url, cursor, headers]) => ({ method: 'GET', url: `${url}?cursor=${encodeURIComponent(cursor.toWellFormed())}`, headers }));
}

/** A good token with a part exchanged, and texts that are none. */
function tokenInputs({ apis, graphql }: Endpoints, good: string): Arbitrary<Input> {
  const [head, claims, signature] = good.split('.');
  const encoded = (value: unknown) => Buffer.from(JSON.stringify(value) ?? '').toString('base64url');
  const header = fc.record(
    {
      alg: fc.constantFrom('none', 'HS256', 'ES256', 'RS256', 1),
      kid: nastyText,
      typ: fc.constantFrom('JWT', 'at+jwt', 1),
      crit: fc.constantFrom(['b64'], 'x'),
    },
    { requiredKeys: [] },
  );
  const token = fc.oneof(
    header.map(value => `${encoded(value)}.${claims}.${signature}`),
    anyJson.map(value => `${head}.${encoded(value)}.${signature}`),
    nastyText.map(text => `${head}.${claims}.${Buffer.from(text).toString('base64url')}`),
    nastyText.map(text => text.replace(/[^\x21-\x7e]/g, '')),
  );
  return fc.tuple(token, fc.constantFrom(graphql, `${apis[0].baseUrl}/deals`, `${apis[0].baseUrl}/nowhere`)).map(([value, url]) => ({
    method: url === graphql ? 'POST' : 'GET',
    url,
    headers: { authorization: `Bearer ${value}`.trim() },
  }));
}

function pathInputs(origin: string): Arbitrary<Input> {
  const path = fc.oneof(
    nastyText.map(text => `/${encodeURIComponent(text.toWellFormed())}`),
    fc.constantFrom(
      '/graphql?query={x',
      '/graphiql',
      '/readyz',
      '/healthz',
      '/metrics',
      '/auth',
      '/token',
      '/interaction/x',
      '/me',
      '/jwks',
      '/%zz',
      '//',
      '/system/crm/v1/%2e%2e',
    ),
    fc.integer({ min: 1, max: 20_000 }).map(length => `/${'p'.repeat(length)}`),
  );
  return fc
    .tuple(path, fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'HEAD', 'PATCH'), someHeaders, bodyText)
    .map(([at, method, headers, body]) => ({
      method,
      url: origin + at,
      headers: { ...headers, ...(['GET', 'HEAD'].includes(method) ? {} : JSON_TYPE) },
      ...(['GET', 'HEAD'].includes(method) ? {} : { body }),
    }));
}

function formInputs({ issuer, tokenEndpoint }: Endpoints): Arbitrary<Input> {
  const form = fc
    .dictionary(
      fc.oneof(fc.constantFrom('grant_type', 'client_id', 'client_secret', 'scope', 'code', 'login', 'redirect_uri', 'response_type'), nastyText),
      nastyText,
      { maxKeys: 6 },
    )
    .map(fields =>
      new URLSearchParams(Object.entries(fields).map(([name, value]) => [name.toWellFormed(), value.toWellFormed()] as [string, string])).toString(),
    );
  const url = fc.constantFrom(
    tokenEndpoint,
    `${issuer}/auth`,
    `${issuer}/interaction/x`,
    `${issuer}/interaction/x/login`,
    `${issuer}/token/introspection`,
  );
  return fc.tuple(fc.oneof(form, bodyText), url, someHeaders).map(([body, at, headers]) => ({
    method: 'POST',
    url: at,
    headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
    body,
  }));
}

/** Request lines that no client of ours would send. */
function rawInputs(origin: string): Arbitrary<Input> {
  const { host } = new URL(origin);
  const line = fc.oneof(
    fc.constantFrom(
      'GET http://[ HTTP/1.1',
      'GET // HTTP/1.1',
      'GET http://[::1]:x/ HTTP/1.1',
      'CONNECT x:1 HTTP/1.1',
      'GET * HTTP/1.1',
      'OPTIONS * HTTP/1.1',
      'GET ?x HTTP/1.1',
      'GET /\\ HTTP/1.1',
      'PRI * HTTP/2.0',
    ),
    nastyText.map(text => `GET http://${text.replace(/[\r\n\0 ]/g, '')} HTTP/1.1`),
    nastyText.map(text => text.replace(/[\r\n]/g, '')),
  );
  const more = fc.constantFrom(
    '',
    'Content-Length: 10\r\nTransfer-Encoding: chunked\r\n',
    'Upgrade: websocket\r\nConnection: Upgrade\r\n',
    `X: ${'y'.repeat(20_000)}\r\n`,
    'Content-Length: -1\r\n',
    'Expect: 100-continue\r\nContent-Length: 5\r\n',
  );
  return fc.tuple(line, more).map(([first, headers]) => ({ method: 'RAW', url: origin, raw: `${first}\r\nHost: ${host}\r\n${headers}\r\n` }));
}

/** Sends it. An answer of 500, none within a minute, or GraphQL's INTERNAL, is a fault. */
export async function send(input: Input): Promise<Outcome> {
  if (input.raw !== undefined) return sendRaw(input.url, input.raw);
  const began = performance.now();
  try {
    const answer = await fetch(input.url, {
      method: input.method,
      headers: input.headers,
      body: input.body,
      redirect: 'manual',
      signal: AbortSignal.timeout(LONGEST_MS),
    });
    const text = await answer.text();
    const seconds = (performance.now() - began) / 1000;
    if (answer.status === 500 || (answer.status > 500 && answer.status !== 503 && answer.status !== 501))
      return { status: answer.status, fault: `answered ${answer.status}: ${text.slice(0, 300)}` };
    if (text.includes('"code":"INTERNAL"') || text.includes('INTERNAL_SERVER_ERROR'))
      return { status: answer.status, fault: `answered INTERNAL: ${text.slice(0, 300)}` };
    if (seconds > LONGEST_MS / 2_000) return { status: answer.status, fault: `answered ${answer.status} after ${seconds.toFixed(0)} s` };
    return { status: answer.status };
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? (error.cause as Error & { code?: string }) : undefined;
    // What no client may send isn't sent, and a door may close on what is too large.
    if (
      error instanceof TypeError &&
      (cause === undefined || ['UND_ERR_SOCKET', 'EPIPE', 'ECONNRESET', 'UND_ERR_INVALID_ARG'].includes(cause.code ?? ''))
    )
      return { status: 0 };
    return { status: 0, fault: `${String(error)} ${cause ? String(cause) : ''}` };
  }
}

function sendRaw(origin: string, bytes: string): Promise<Outcome> {
  const { hostname, port } = new URL(origin);
  return new Promise(resolve => {
    const socket = connect(Number(port), hostname);
    let answer = '';
    const end = (outcome: Outcome) => {
      socket.destroy();
      resolve(outcome);
    };
    const judged = (): Outcome => {
      const status = Number(/^HTTP\/1\.\d (\d{3})/.exec(answer)?.[1] ?? 0);
      return status === 500 ? { status, fault: `answered 500: ${answer.slice(0, 300)}` } : { status };
    };
    socket.setTimeout(1_000, () => end(judged()));
    socket.once('connect', () => socket.write(bytes, 'latin1'));
    socket.on('data', chunk => {
      answer += chunk.toString('latin1');
      if (answer.includes('\r\n\r\n')) end(judged());
    });
    socket.once('close', () => end(judged()));
    socket.once('error', error =>
      end((error as { code?: string }).code === 'ECONNREFUSED' ? { status: 0, fault: 'nobody listens any more' } : judged()),
    );
  });
}
