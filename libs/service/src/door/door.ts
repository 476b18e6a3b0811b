import { createServer, type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { inspect } from 'node:util';

type Handle = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

/** Called with a defect that a request ran into. */
type Report = (what: string, error: unknown) => void;

const toStderr: Report = (what, error) => void process.stderr.write(`${what} ${inspect(error)}\n`);

/** The bounds of a request, checked before its content is looked at. */
export interface DoorBounds {
  /** Longest target in the request line. */
  targetBytes: number;
  /** Largest size of all headers together. */
  headerBytes: number;
  headerCount: number;
  /** Time until the headers have arrived. */
  headersMs: number;
  /** Time until the whole request has arrived. */
  requestMs: number;
  /** How long a request may stay idle: nothing sent and nothing read by the caller. 0: no bound. */
  idleMs: number;
  /**
   * Time between two requests. It is longer than clients keep idle connections, so that none is
   * closed just as a request is sent.
   */
  keepAliveMs: number;
  connections: number;
}

export const DOOR_BOUNDS: DoorBounds = {
  targetBytes: 8_192,
  headerBytes: 16_384,
  headerCount: 100,
  headersMs: 10_000,
  requestMs: 60_000,
  idleMs: 120_000,
  keepAliveMs: 75_000,
  connections: 4_000,
};

/** A request that is refused: the door answers it with `status` as a problem. */
export class DoorRefusal extends Error {
  override readonly name = 'DoorRefusal';
  constructor(
    readonly status: number,
    readonly code: string,
    detail: string,
    readonly headers: Record<string, string> = {},
  ) {
    super(detail);
  }
}

/**
 * Headers of every answer, unless its handler sets others: browsers must not frame, run or cache
 * our answers.
 */
export const BROWSER_HEADERS: Record<string, string> = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
};

/**
 * A plain HTTP server that no request can stop. Handlers see only well-formed targets that begin
 * with a slash. If a handler throws, rejects or breaks its answer, that request ends, not the
 * process.
 */
export function createDoor(name: string, handle: Handle, bounds: Partial<DoorBounds> = {}, report: Report = toStderr): Server {
  const bound = { ...DOOR_BOUNDS, ...bounds };
  const server = createServer(
    {
      maxHeaderSize: bound.headerBytes,
      headersTimeout: bound.headersMs,
      requestTimeout: bound.requestMs,
      keepAliveTimeout: bound.keepAliveMs,
      connectionsCheckingInterval: Math.min(2_000, bound.headersMs),
    },
    (request, response) => {
      const failed = (error: unknown) => {
        if (!(error instanceof DoorRefusal)) report(`${name}: ${request.method} ${request.url?.slice(0, 200)}`, error);
        lastResort(error, response);
      };
      request.on('error', () => undefined);
      response.on('error', failed);
      noteAnswering(response);
      // If the server was closed during the answer, this connection has nothing more to wait for.
      response.once('close', () => server.listening || setImmediate(() => server.closeIdleConnections()));
      for (const [header, value] of Object.entries(BROWSER_HEADERS)) response.setHeader(header, value);
      try {
        if (!METHODS.has(request.method ?? '')) throw new DoorRefusal(501, 'method-not-served', 'No address here serves this method.');
        request.url = targetOf(request, bound.targetBytes);
        Promise.resolve(handle(request, response)).catch(failed);
      } catch (error) {
        failed(error);
      }
    },
  );
  server.maxHeadersCount = bound.headerCount;
  server.maxConnections = bound.connections;
  server.timeout = bound.idleMs;
  server.on('clientError', refuseUnparsed);
  // Accepting connections fails when the process can't open more files; open connections go on.
  server.on('listening', () => server.on('error', error => report(name, error)));
  return server;
}

/**
 * The methods that any door serves. Others (TRACE, those of WebDAV) are refused before a handler
 * sees them.
 */
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** For an address that serves only some methods. */
export function refuseMethodsBut(methods: readonly string[], { method = '' }: IncomingMessage): void {
  if (methods.includes(method)) return;
  const allow = methods.join(', ');
  throw new DoorRefusal(405, 'method-not-allowed', `This address takes ${allow} only.`, { allow });
}

/**
 * The path and query of a well-formed target, in origin form, which begins with a slash (RFC 9112
 * section 3.2).
 */
function targetOf(request: IncomingMessage, maxBytes: number): string {
  const target = request.url ?? '/';
  if (target.length > maxBytes) throw new DoorRefusal(414, 'uri-too-long', `The address is longer than ${maxBytes} characters.`);
  if (target.startsWith('/') && URL.canParse(`http://door${target}`)) return target;
  const absolute = /^https?:\/\//i.test(target) ? URL.parse(target) : null;
  if (absolute) return absolute.pathname + absolute.search;
  throw new DoorRefusal(400, 'target-malformed', 'The address of the request is malformed.');
}

/**
 * The body as text. A body of more than `maxBytes` is refused with 413, and no more of it is held.
 */
export function readBody(request: IncomingMessage, maxBytes: number): Promise<string> {
  const tooLarge = () => new DoorRefusal(413, 'too-large', `The body is larger than ${maxBytes} bytes.`, { connection: 'close' });
  return new Promise((resolve, reject) => {
    if (Number(request.headers['content-length'] ?? 0) > maxBytes) return reject(tooLarge());
    const chunks: Buffer[] = [];
    let bytes = 0;
    const take = (chunk: Buffer): void => {
      bytes += chunk.length;
      if (bytes <= maxBytes) return void chunks.push(chunk);
      request.off('data', take);
      reject(tooLarge());
    };
    request.on('data', take);
    request.once('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
    request.once('close', () => reject(new DoorRefusal(400, 'body-cut', 'The body ended early.')));
  });
}

/**
 * For doors that only programs use: foreign pages in a browser on this machine must not act through
 * them.
 */
export function refusePages({ headers: { origin, 'sec-fetch-site': site } }: IncomingMessage): void {
  if (origin !== undefined || (site !== undefined && site !== 'none'))
    throw new DoorRefusal(403, 'no-pages', 'Pages in a browser may not call this.');
}

/** Answers a problem (RFC 9457), as our APIs do. */
export function refuse(response: ServerResponse, { status, code, message, headers }: DoorRefusal): void {
  const text = problemText(status, code, message);
  response.writeHead(status, { 'content-type': 'application/problem+json; charset=utf-8', ...headers }).end(text);
}

const KINDS: Record<number, string> = {
  403: 'forbidden',
  404: 'not-found',
  429: 'rate-limited',
  500: 'internal',
  501: 'unsupported',
  503: 'vendor-unavailable',
};

const problemText = (status: number, code: string, detail: string): string =>
  JSON.stringify({
    type: `urn:throughline:problem:${KINDS[status] ?? 'invalid'}`,
    title: STATUS_CODES[status],
    status,
    detail,
    code,
    retryable: status === 429 || status === 503,
  });

function lastResort(error: unknown, response: ServerResponse): void {
  if (response.headersSent || response.destroyed) return void response.destroy();
  refuse(response, error instanceof DoorRefusal ? error : new DoorRefusal(500, 'defect', 'A defect on our side ended this request.'));
}

const STATUS_OF_ERROR: Record<string, [status: number, code: string, detail: string]> = {
  HPE_HEADER_OVERFLOW: [431, 'headers-too-large', 'The headers are too large.'],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: [413, 'too-large', 'The chunk extensions are too large.'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'request-timeout', 'The request took too long to arrive.'],
};

/** The number of answers in progress on a connection. */
const answering = new WeakMap<object, number>();

function noteAnswering(response: ServerResponse): void {
  const { socket } = response;
  if (!socket) return;
  answering.set(socket, (answering.get(socket) ?? 0) + 1);
  response.once('close', () => answering.set(socket, (answering.get(socket) ?? 1) - 1));
}

/**
 * A request that is not HTTP gets an answer too, unless an earlier request's answer is in progress
 * on the same connection.
 */
function refuseUnparsed(error: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET' || (answering.get(socket) ?? 0) > 0) return void socket.destroy();
  const [status, code, detail] = STATUS_OF_ERROR[error.code ?? ''] ?? [400, 'request-malformed', 'This is not a well-formed HTTP request.'];
  const text = problemText(status, code, detail);
  const headers = Object.entries({
    ...BROWSER_HEADERS,
    'content-type': 'application/problem+json; charset=utf-8',
    'content-length': String(Buffer.byteLength(text)),
    connection: 'close',
  });
  socket.write(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${text}`);
  socket.destroySoon();
}

export async function listen(server: Server, port: number, host: string): Promise<void> {
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve));
}

/** Closes every connection and frees the port. */
export async function shut(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise(resolve => server.close(resolve));
}
