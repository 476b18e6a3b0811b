import { Inject, Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { from, switchMap, type Observable } from 'rxjs';
import { hashOf, Problem } from '#canonical';
import { APP, type App } from '../app-definition.js';
import { outage } from '../logs/outage.js';
import { IdempotencyStore, type ClaimedKey } from './idempotency.store.js';
import { rightsOf } from './rights.rules.js';
import { StoredAnswer } from './stored-answer.js';

const UNSAFE = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);
const KEPT_HEADERS = ['content-type', 'etag', 'location'];

declare module 'fastify' {
  interface FastifyRequest {
    /** The claimed idempotency key of this request. */
    idempotency?: ClaimedKey;
  }
}

function keyOf(request: FastifyRequest): string | undefined {
  const key = request.headers['idempotency-key'];
  if (key === undefined || !UNSAFE.has(request.method)) return undefined;
  if (typeof key !== 'string' || !/^[\x21-\x7e]{1,200}$/.test(key)) {
    throw new Problem('invalid', 'The Idempotency-Key must be 1 to 200 visible characters.', {
      fields: [{ field: 'Idempotency-Key', rule: 'length', message: 'Idempotency-Key must be 1 to 200 visible characters' }],
    });
  }
  return key;
}

/** The client and the person it acts for: an answer made for one is not replayed to another. */
function callerOf({ principal }: FastifyRequest): string {
  return [principal?.clientId ?? 'public', principal?.id ?? '', principal?.actingFor?.id ?? ''].join(' ');
}

/**
 * Performs an unsafe request with an `Idempotency-Key` once. The first answer is stored before it
 * is sent, and replayed when the same caller repeats the request. Runs after the guards, because a
 * key grants no access, and before validation.
 */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(
    @Inject(APP) private readonly app: App,
    private readonly store: IdempotencyStore,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (context.getType() !== 'http') return next.handle();
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const key = keyOf(request);
    return key === undefined ? next.handle() : from(this.#claim(request, key)).pipe(switchMap(() => next.handle()));
  }

  async #claim(request: FastifyRequest, key: string): Promise<void> {
    const route = `${request.method} ${request.routeOptions.url ?? request.url}`;
    const fingerprint = hashOf([request.url, request.headers['if-match'] ?? null, request.body ?? null]);
    const outcome = await this.store.claim({
      caller: callerOf(request),
      app: this.app.name,
      route,
      key,
      fingerprint,
      rights: rightsOf(request.principal),
    });
    if ('answer' in outcome) throw new StoredAnswer(outcome.answer.status, outcome.answer.headers, outcome.answer.body);
    request.idempotency = outcome.held;
  }
}

/**
 * Stores the answer just before it is sent, and returns the body to send. Answers that may differ
 * at the next attempt are not stored: defects on our side, unavailable back ends, and requests that
 * never got past validation. A key that can't be released then is free when its lease has run out.
 */
export async function keepAnswer(store: IdempotencyStore, request: FastifyRequest, reply: FastifyReply, payload: unknown): Promise<void> {
  const held = request.idempotency;
  if (!held) return;
  request.idempotency = undefined;
  const { problem } = reply;
  const passing = reply.statusCode >= 500 || problem?.retryable === true || problem?.code === 'validation' || problem?.code === 'body-missing';
  if (passing || (payload !== undefined && payload !== null && typeof payload !== 'string'))
    return outage.during('idempotency keys: releasing', () => store.release(held));
  const headers = KEPT_HEADERS.flatMap(name => (reply.hasHeader(name) ? [[name, String(reply.getHeader(name))]] : []));
  await store.settle(held, { status: reply.statusCode, headers: Object.fromEntries(headers) as Record<string, string>, body: payload ?? '' });
}
