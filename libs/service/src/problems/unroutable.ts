import type { FastifyReply, FastifyRequest } from 'fastify';
import { Problem } from '#canonical';
import { BROWSER_HEADERS } from '../door/door.js';
import { context, runInContext } from '../context/context.js';
import { sendProblem } from './problem.filter.js';

declare module 'fastify' {
  interface FastifyInstance {
    /** Throws a Problem if the caller isn't let in. */
    enter?: (request: FastifyRequest, reply: FastifyReply) => Promise<void>;
  }
}

/**
 * Answers requests that the router itself refuses (a URL that can't be decoded, a parameter that is
 * too long), which no hook sees: here, too, a stranger gets only 401.
 */
export function answerUnroutable(error: Error & { statusCode?: number }, request: FastifyRequest, reply: FastifyReply): void {
  const problem =
    error.statusCode === 414
      ? new Problem('invalid', 'The URL is too long.', { cause: error, code: 'uri-too-long' })
      : new Problem('invalid', "The URL can't be read.", { cause: error, code: 'malformed-url' });
  const { correlationId } = context();
  void reply.headers({ ...BROWSER_HEADERS, 'X-Correlation-Id': correlationId });
  void runInContext({ correlationId }, () =>
    entered(request, reply).then(
      () => sendProblem(reply, problem),
      (unknown: unknown) => sendProblem(reply, unknown),
    ),
  );
}

const entered = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => request.server.enter?.(request, reply);
