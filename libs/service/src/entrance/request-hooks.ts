import { randomUUID } from 'node:crypto';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Problem } from '#canonical';
import { whileWaitedFor, withView } from '#persistence';
import { fieldDeprecationHeaders, governedRoutes } from '#versioning';
import type { AppDefinition } from '../app-definition.js';
import { AccessAudit } from '../audit/access-audit.js';
import { AnswerCheck } from '../conformance/answer-check.js';
import { IdempotencyStore } from '../idempotency/idempotency.store.js';
import { keepAnswer } from '../idempotency/idempotency.interceptor.js';
import { Metrics } from '../metrics/metrics.js';
import { BROWSER_HEADERS } from '../door/door.js';
import { log } from '../logs/log.js';
import { logRequest } from '../logs/request-log.js';
import { enterContext, type Context } from '../context/context.js';
import { spanWithin } from '../context/trace.js';
import { ServiceConfig } from '../service.config.js';
import { UsageRecorder } from '../usage/usage-recorder.js';
import { answerWithin } from './answer-bounds.js';
import { Lifetime } from './lifetime.js';
import { allowOrigin } from './cors.js';
import { unlessUnchanged } from './entity-tag.js';
import { enter, ENTRANCE, type Step } from './entrance.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** The context of the work that this request causes. */
    context: Context;
    /** How long the request runs. */
    lifetime?: Lifetime;
  }
}

const CORRELATION_ID = /^[\w.:@-]{1,128}$/;
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?Z$/;

function contextOf(request: FastifyRequest, app: string): Context {
  const given = (name: string): string => String(request.headers[name] ?? '');
  const correlationId = CORRELATION_ID.test(given('x-correlation-id')) ? given('x-correlation-id') : randomUUID();
  const deadlineAt = INSTANT.test(given('throughline-deadline')) ? given('throughline-deadline') : undefined;
  const { signal } = request.lifetime!;
  return {
    app,
    correlationId,
    signal,
    traceparent: spanWithin(given('traceparent')),
    audit: { recorded: false },
    ...(deadlineAt ? { deadlineAt } : {}),
  };
}

function refuseLate({ deadlineAt }: Context): void {
  if (deadlineAt === undefined || Date.parse(deadlineAt) > Date.now()) return;
  throw new Problem('vendor-unavailable', 'The caller stopped waiting before this was begun; nothing was done.', { code: 'deadline-passed' });
}

/** Handles a defect outside the handlers: it ends this request and nothing else. */
function lastResort(err: unknown, reply: FastifyReply): void {
  log.error({ err }, 'defect: a request ended outside of its handler');
  if (!reply.raw.writableEnded) reply.raw.destroy();
}

/**
 * What happens to every request around its handler, in this order. It gets its context. It passes
 * the entrance before the body is read, whether or not the route exists. Its answer is kept under
 * its idempotency key, and compared with its document. It is counted and logged.
 */
export function addRequestHooks(app: NestFastifyApplication, def: AppDefinition): void {
  const fastify = app.getHttpAdapter().getInstance();
  const steps = app.get<Step[]>(ENTRANCE);
  const store = app.get(IdempotencyStore);
  const access = app.get(AccessAudit);
  const usage = app.get(UsageRecorder);
  const answers = app.get(AnswerCheck);
  const { answerLimitBytes, corsOrigins } = app.get(ServiceConfig);
  const requests = app
    .get(Metrics)
    .histogram('throughline_http_request_seconds', 'Requests by route, status and client.', ['method', 'route', 'status', 'client']);

  const routeOf = governedRoutes(def.apis);
  const conditional = new Set(
    def.apis.flatMap(({ version, operations }) =>
      Object.values(operations).flatMap(({ id, conditional }) => (conditional ? [`${version} ${id}`] : [])),
    ),
  );
  const isConditional = (request: FastifyRequest): boolean => {
    const route = routeOf(request.method, request.routeOptions?.url);
    return route !== undefined && conditional.has(`${route.version} ${route.operation}`);
  };
  const graphql = def.apis.find(api => api.graphql);

  const noted = new WeakSet<FastifyRequest>();
  const note = (request: FastifyRequest, reply: FastifyReply): void => {
    if (noted.has(request)) return;
    noted.add(request);
    try {
      const client = request.principal?.clientId ?? 'public';
      const route = request.routeOptions?.url ?? 'none';
      requests.observe({ method: request.method, route, status: reply.statusCode, client }, reply.elapsedTime / 1000);
      usage.count(request, reply.statusCode);
      enterContext(request.context, () => logRequest(def.prefix, request, reply));
    } catch (error) {
      lastResort(error, reply);
    }
  };

  fastify.decorate('enter', (request, reply) => enter(steps, request, reply));
  fastify.decorateRequest('context');
  fastify.decorateRequest('lifetime');
  fastify.addHook('onRequest', (request, reply, done) => {
    request.lifetime = new Lifetime(reply);
    request.context = contextOf(request, def.name);
    // Fastify finishes nothing for a caller who is gone. So count the request as soon as there is
    // an answer, even if the caller left earlier.
    reply.raw.once('close', () => reply.sent && note(request, reply));
    request.reply = reply;
    // answers are private data: proxies must not cache them, browsers must not guess their type or
    // frame them
    reply.headers({ ...BROWSER_HEADERS, 'X-Correlation-Id': request.context.correlationId });
    reply.headers(routeOf(request.method, request.routeOptions?.url)?.headersFor(request.query) ?? {});
    if (allowOrigin(corsOrigins, request, reply)) return void reply.code(204).send();
    const begin = async (): Promise<void> => {
      await enter(steps, request, reply);
      request.context.principal = request.principal;
      refuseLate(request.context);
    };
    // Before the caller is known, no rows are visible.
    withView(undefined, () =>
      enterContext(
        request.context,
        () =>
          void begin()
            .then(() => done(), done)
            .catch((error: unknown) => lastResort(error, reply)),
      ),
    );
  });
  // the body's stream has its own asynchronous context: enter ours again
  fastify.addHook('preValidation', (request, _, done) =>
    withView(request.principal, () => whileWaitedFor(request.context.signal, () => enterContext(request.context, done))),
  );
  fastify.addHook('onSend', async (request, reply, payload) => {
    if (graphql && request.context.used) reply.headers(fieldDeprecationHeaders(graphql, new Set(request.context.used)));
    const whole = answerWithin(answerLimitBytes, reply, payload);
    const answer = isConditional(request) ? unlessUnchanged(request, reply, whole) : whole;
    // a request is counted and logged even if nobody waits for it
    await whileWaitedFor(undefined, async () => {
      await access.answered(request, reply);
      await keepAnswer(store, request, reply, answer);
    });
    answers.check(request, reply, answer);
    if (reply.raw.destroyed) note(request, reply);
    return answer;
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    note(request, reply);
    done();
  });
}
