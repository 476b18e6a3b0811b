import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply } from 'fastify';
import type { Observable } from 'rxjs';
import { DEPRECATION_METADATA, deprecationHeaders, type Deprecation } from './deprecated.decorator.js';

/** Marks every answer of a deprecated operation with the headers of its deprecation. */
@Injectable()
export class DeprecationInterceptor implements NestInterceptor {
  constructor(private readonly reflector: Reflector) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const deprecation = this.reflector.getAllAndOverride<Deprecation | undefined>(DEPRECATION_METADATA, [context.getHandler(), context.getClass()]);
    if (deprecation && context.getType() === 'http') context.switchToHttp().getResponse<FastifyReply>().headers(deprecationHeaders(deprecation));
    return next.handle();
  }
}
