import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { Observable, race } from 'rxjs';
import { WRITES_NOTHING } from '../audit/audit.interceptor.js';
import { context } from '../context/context.js';
import { ServiceConfig } from '../service.config.js';
import { CHECKS_ITS_TEXTS } from '../validation/text.interceptor.js';

const SAFE = new Set(['GET', 'HEAD']);

/** Fails when `signal` aborts. */
const aborted = (signal: AbortSignal): Observable<never> =>
  new Observable(subscriber => {
    const fail = (): void => subscriber.error(signal.reason);
    if (signal.aborted) return fail();
    signal.addEventListener('abort', fail, { once: true });
    return () => signal.removeEventListener('abort', fail);
  });

/**
 * Ends a request that only reads (a safe method, or a handler that says it writes nothing) when
 * nobody waits for it any more or its time is up. A request that writes has its own time limit and
 * does not depend on its caller. A GraphQL operation decides by itself which of the two it is.
 */
@Injectable()
export class LifetimeInterceptor implements NestInterceptor {
  constructor(
    private readonly reflector: Reflector,
    private readonly config: ServiceConfig,
  ) {}

  intercept(execution: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (execution.getType() !== 'http') return next.handle();
    const request = execution.switchToHttp().getRequest<FastifyRequest>();
    const { lifetime } = request;
    if (!lifetime) return next.handle();
    if (!this.#onlyReads(execution, request)) {
      lifetime.endsAfter(this.config.writeTimeoutMs);
      return next.handle();
    }
    const { deadlineAt } = context();
    const wanted = deadlineAt === undefined ? this.config.requestTimeoutMs : Math.max(1, Date.parse(deadlineAt) - Date.now());
    lifetime.endsWithCaller(Math.min(this.config.requestTimeoutMs, wanted));
    return race(next.handle(), aborted(lifetime.signal));
  }

  #onlyReads(execution: ExecutionContext, { method }: FastifyRequest): boolean {
    const says = (name: string): boolean => this.reflector.get<boolean | undefined>(name, execution.getHandler()) === true;
    return (SAFE.has(method) || says(WRITES_NOTHING)) && !says(CHECKS_ITS_TEXTS);
  }
}
