import type { FastifyReply, FastifyRequest } from 'fastify';

const METHODS = 'GET, HEAD, POST, PUT, PATCH, DELETE';
const SENT = 'authorization, content-type, idempotency-key, if-match, traceparent, x-correlation-id';
const SHOWN =
  'deprecation, etag, idempotency-replayed, link, location, ratelimit, ratelimit-limit, ratelimit-policy, ratelimit-remaining, ratelimit-reset, retry-after, sunset, x-correlation-id';
const KEPT_SECONDS = '600';

/**
 * Whether a text is an origin as browsers send it: scheme, host, and a port that isn't the scheme's
 * default.
 */
export const isOrigin = (text: unknown): boolean => typeof text === 'string' && URL.parse(text)?.origin === text;

/**
 * Lets pages of the named origins read answers. Tokens come in a header and cookies are ignored, so
 * no credentials are allowed. Returns whether the request was a browser's preflight; that needs no
 * token, and only named origins learn what is allowed.
 */
export function allowOrigin(origins: readonly string[], { method, headers }: FastifyRequest, reply: FastifyReply): boolean {
  const { origin } = headers;
  if (origins.length === 0) return false;
  void reply.header('Vary', 'Origin');
  if (origin === undefined || !origins.includes(origin)) return false;
  void reply.headers({ 'Access-Control-Allow-Origin': origin, 'Access-Control-Expose-Headers': SHOWN });
  if (method !== 'OPTIONS' || headers['access-control-request-method'] === undefined) return false;
  void reply.headers({ 'Access-Control-Allow-Methods': METHODS, 'Access-Control-Allow-Headers': SENT, 'Access-Control-Max-Age': KEPT_SECONDS });
  return true;
}
