import { Catch, Inject, NotFoundException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { GraphQLError } from 'graphql';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Problem } from '#canonical';
import { APP, type App } from '../app-definition.js';
import { noteRefusal } from '../audit/access-audit.js';
import { context } from '../context/context.js';
import { log } from '../logs/log.js';
import { problemBody } from './problem-body.js';
import { refusedValue } from './refused-value.rules.js';
import { toProblem } from './to-problem.js';
import { StoredAnswer } from '../idempotency/stored-answer.js';

/**
 * The only place that turns errors into answers: problem+json over REST, an error with the same
 * members over GraphQL.
 */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(@Inject(APP) private readonly app: App) {}

  catch(error: unknown, host: ArgumentsHost): unknown {
    if (host.getType<string>() === 'graphql') {
      noteRefusedMutation(error, host);
      return graphqlError(error);
    }
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    if (error instanceof StoredAnswer) return error.sendOn(reply);
    sendProblem(reply, isNoRoute(error, reply) ? nothingAt(this.app.prefix, reply, error) : error);
    return undefined;
  }
}

/** Notes a mutation that a guard refused; a resolver notes its own refusals. */
function noteRefusedMutation(error: unknown, host: ArgumentsHost): void {
  const info = host.getArgs<[unknown, unknown, unknown, { operation?: { operation: string }; fieldName: string } | undefined]>()[3];
  if (error instanceof Problem && info?.operation?.operation === 'mutation') noteRefusal(`mutation ${info.fieldName}`, error);
}

/** Only the router throws the framework's own exception for a URL without a route. */
const isNoRoute = (error: unknown, { request }: FastifyReply): boolean => error instanceof NotFoundException && request.is404;

/**
 * Names the URL as the caller wrote it, with the app's prefix, which is removed before the app sees
 * it.
 */
function nothingAt(prefix: string, { request }: FastifyReply, cause: unknown): Problem {
  const path = request.originalUrl.split('?')[0];
  return new Problem('not-found', `There is nothing at ${request.method} ${prefix}${path === '/' ? '' : path}.`, { cause });
}

/** Answers `error` as problem+json. */
export function sendProblem(reply: FastifyReply, error: unknown): void {
  const text = sendable(reply, error);
  void reply.send(text);
}

/** Prepares a reply that answers `error` as problem+json; returns its body. */
export function sendable(reply: FastifyReply, error: unknown): string {
  const problem = problemFor(error, reply.request);
  const body = problemBody(problem, context().correlationId);
  reply.problem = problem;
  if (problem.retryAfterMs !== undefined) reply.header('Retry-After', Math.ceil(problem.retryAfterMs / 1000));
  if (problem.kind === 'unauthenticated') reply.header('WWW-Authenticate', challenge(problem));
  void reply.code(body.status).type('application/problem+json; charset=utf-8');
  return JSON.stringify(body);
}

function problemFor(error: unknown, asked?: FastifyRequest): Problem {
  if (asked && isCut(error, asked))
    return new Problem('vendor-unavailable', 'The caller went away before its whole body had arrived.', { code: 'caller-gone' });
  const refused = asked && refusedValue(error, asked);
  if (refused) log.error({ err: error, fields: refused.fields }, 'validation has a gap: the database refused a value of the caller');
  const problem = refused ?? toProblem(error);
  if (problem.kind === 'internal') logOnce(problem);
  return problem;
}

/**
 * Whether the request itself broke off. The same kind of error on a connection from us to another
 * server is something else.
 */
const isCut = (error: unknown, { raw }: FastifyRequest): boolean =>
  raw.errored !== null && (error === raw.errored || (error instanceof Error && error.cause === raw.errored));

/**
 * Defects that were already logged. In one GraphQL operation, the same error reaches every field
 * that waited for the same statement.
 */
const logged = new WeakSet<object>();

function logOnce(problem: Problem): void {
  const err = problem.cause ?? problem;
  if (typeof err === 'object') {
    if (logged.has(err)) return;
    logged.add(err);
  }
  log.error({ err }, `defect: ${problem.detail}`);
}

const challenge = ({ code, detail }: Problem): string =>
  code === 'token-missing' ? 'Bearer realm="throughline"' : `Bearer realm="throughline", error="invalid_token", error_description="${detail}"`;

/**
 * The error of a GraphQL operation: its message is the detail, its extensions the problem's
 * members.
 */
export function graphqlError(error: unknown): GraphQLError {
  if (error instanceof GraphQLError) return error;
  const problem = problemFor(error);
  return new GraphQLError(problem.detail, { extensions: { ...extensionsOf(problem) } });
}

function extensionsOf(problem: Problem): Record<string, unknown> {
  const { code, ...body } = problemBody(problem, context().correlationId);
  return { code: problem.kind.toUpperCase().replace(/-/g, '_'), ...body, ...(code ? { problemCode: code } : {}) };
}

declare module 'fastify' {
  interface FastifyReply {
    /** The answer, if it was a problem; for the request's log line. */
    problem?: Problem;
  }
}
