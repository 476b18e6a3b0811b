import type { FastifyReply, FastifyRequest } from 'fastify';
import { Problem } from '#canonical';
import { sendProblem } from './problem.filter.js';

/**
 * Answers what the router itself refuses (a URL that can't be decoded, a parameter that is too long), which no hook sees. A caller
 * who sent no token learns only that; one who did learns what is wrong with the URL.
 */
export function answerUnroutable(error: Error & { statusCode?: number }, request: FastifyRequest, reply: FastifyReply): void {
  if (request.headers.authorization === undefined) {
    return sendProblem(reply, new Problem('unauthenticated', 'This needs a bearer token.', { code: 'token-missing' }));
  }
  const tooLong = error.statusCode === 414;
  sendProblem(reply, new Problem('invalid', tooLong ? 'The URL is too long.' : "The URL can't be read.", { cause: error, code: tooLong ? 'uri-too-long' : 'malformed-url' }));
}
