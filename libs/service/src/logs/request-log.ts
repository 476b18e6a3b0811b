import type { FastifyReply, FastifyRequest } from 'fastify';
import { log } from './log.js';

const PROBES = new Set(['/healthz', '/readyz']);

/**
 * Writes one line per request that support people can read directly: the request, its result, its
 * duration and, after a failure, the reason. Probes are not logged: changes of their result are.
 */
export function logRequest(prefix: string, request: FastifyRequest, reply: FastifyReply): void {
  const { method, url, routeOptions } = request;
  const { statusCode: status, elapsedTime, problem } = reply;
  const path = url.split('?')[0];
  const level = PROBES.has(path) ? 'debug' : status >= 500 ? 'error' : path === '/metrics' ? 'debug' : 'info';
  const ms = Math.round(elapsedTime);
  const why = problem ? `: ${problem.kind}${problem.code ? ` (${problem.code})` : ''}, ${problem.detail}` : '';
  const replayed = reply.hasHeader('Idempotency-Replayed') ? ', replayed' : '';
  log[level](
    {
      method,
      path: prefix + path,
      route: routeOptions?.url,
      status,
      ms,
      idempotencyKey: request.headers['idempotency-key'],
      ...(problem
        ? { problem: { kind: problem.kind, code: problem.code, detail: problem.detail, fields: problem.fields, vendor: problem.vendor } }
        : {}),
      ...(problem && status >= 500 && problem.kind !== 'internal' && problem.cause ? { err: problem.cause } : {}),
    },
    `${method} ${prefix}${path} ${status} in ${ms} ms${replayed}${why}`,
  );
}
