import { Injectable, Optional, SetMetadata, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { mergeMap, type Observable } from 'rxjs';
import { Database } from '#persistence';
import { currentContext } from '../context/context.js';
import { Audit } from './audit.js';

export const WRITES_NOTHING = 'throughline:writes-nothing';

/**
 * Marks an operation that changes nothing although its method is unsafe (a plan, a check), so that
 * it leaves no audit row.
 */
export const WritesNothing = (): MethodDecorator => SetMetadata(WRITES_NOTHING, true);

const UNSAFE = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);

/** The caller's reason, from the body or else from the query. */
function whyOf({ body, query }: FastifyRequest): string | undefined {
  const given = { ...(query as object), ...(body as object | null) } as { why?: unknown; reason?: unknown };
  return [given.why, given.reason].find(text => typeof text === 'string');
}

/**
 * Ensures that every write has an audit row. When a handler of an unsafe method succeeds without
 * recording anything, the request is recorded here. Handlers that know the states before and after
 * call `Audit.record` in their own transaction instead.
 */
@Injectable()
export class AuditInterceptor implements NestInterceptor {
  constructor(
    private readonly reflector: Reflector,
    private readonly audit: Audit,
    @Optional() private readonly dataSource?: Database,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (context.getType() !== 'http' || !this.dataSource) return next.handle();
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    if (!UNSAFE.has(request.method) || this.reflector.get<boolean | undefined>(WRITES_NOTHING, context.getHandler())) return next.handle();
    return next.handle().pipe(
      mergeMap(async answer => {
        if (currentContext()?.audit?.recorded !== true) await this.#record(request, answer);
        return answer;
      }),
    );
  }

  async #record(request: FastifyRequest, answer: unknown): Promise<void> {
    const what = `${request.method} ${request.routeOptions.url ?? ''}`;
    const after = { request: request.body ?? null, answer: answer ?? null };
    await this.audit.record(this.dataSource!.manager, { what, subject: request.url.split('?')[0], before: null, after, why: whyOf(request) });
  }
}
