import { lookup as systemLookup, type LookupAddress, type LookupAllOptions } from 'node:dns';
import { request as plainRequest, type IncomingMessage } from 'node:http';
import { request as secureRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { isAllowed } from './address.js';

/** More of an answer is not read; nothing of it is kept. */
const MOST_ANSWER_BYTES = 64 * 1024;
const MOST_HEADER_BYTES = 16 * 1024;
const LONGEST_RETRY_AFTER_MS = 24 * 3_600_000;

/** Asks for all addresses of a name, as `lookup` of node:dns. */
export type Resolve = (
  hostname: string,
  options: LookupAllOptions,
  done: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

export interface Post {
  url: URL;
  headers: Record<string, string>;
  body: string;
  /** For all of it: name, connection, TLS, answer. */
  timeoutMs: number;
  loopbackOpen: boolean;
  resolve?: Resolve;
  signal?: AbortSignal;
}

export interface Answered {
  status: number;
  /** What its Retry-After asks for, at most a day. */
  retryAfterMs?: number;
}

/** The name leads to an address that nothing may be sent to. */
export class ForbiddenAddress extends Error {
  constructor() {
    super('its address is not a public one');
  }
}

/**
 * Posts to an address that somebody else chose. Every connection is a new one, and its own look-up
 * is what is judged: a name that answers another address the next time gains nothing. If any of the
 * name's addresses is not public, none is used. No redirect is followed.
 */
export function guardedPost({ url, headers, body, timeoutMs, loopbackOpen, resolve = systemLookup, signal }: Post): Promise<Answered> {
  const literal = url.hostname.replace(/^\[|\]$/g, '');
  // A connection to an address in digits looks nothing up.
  if (isIP(literal) !== 0 && !isAllowed(literal, loopbackOpen)) return Promise.reject(new ForbiddenAddress());
  const request = url.protocol === 'https:' ? secureRequest : plainRequest;
  return new Promise((answered, failed) => {
    const timer = setTimeout(() => stop(new Error(`it did not answer within ${timeoutMs} ms`)), timeoutMs);
    const sent = request(
      url,
      { method: 'POST', headers, agent: false, lookup: guarded(resolve, loopbackOpen), maxHeaderSize: MOST_HEADER_BYTES, signal },
      answer => {
        drain(answer, () => clearTimeout(timer));
        answered({ status: answer.statusCode ?? 0, retryAfterMs: retryAfterOf(answer.headers['retry-after']) });
      },
    );
    const stop = (error: Error): void => {
      clearTimeout(timer);
      sent.destroy();
      failed(error);
    };
    sent.on('error', stop);
    sent.end(body);
  });
}

function guarded(resolve: Resolve, loopbackOpen: boolean): LookupFunction {
  return (hostname, options, done) =>
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return done(error, '');
      if (addresses.length === 0 || !addresses.every(({ address }) => isAllowed(address, loopbackOpen))) return done(new ForbiddenAddress(), '');
      return options.all ? done(null, addresses) : done(null, addresses[0].address, addresses[0].family);
    });
}

/** Reads what there is of an answer, so that the other side can end, within bounds of size and time. */
function drain(answer: IncomingMessage, ended: () => void): void {
  let bytes = 0;
  answer.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > MOST_ANSWER_BYTES) answer.destroy();
  });
  answer.on('error', () => undefined);
  answer.on('close', ended);
}

function retryAfterOf(header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  const ms = /^\d{1,9}$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(0, ms), LONGEST_RETRY_AFTER_MS);
}
