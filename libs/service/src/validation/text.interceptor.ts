import { Injectable, SetMetadata, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import type { Observable } from 'rxjs';
import { MOST_FAULTS, Problem, type FieldFault } from '#canonical';
import { textFaults } from './text-faults.js';

export const CHECKS_ITS_TEXTS = 'throughline:checks-its-texts';

/**
 * For a handler whose body is a language of its own, and which reports a bad text by its position:
 * a GraphQL operation.
 */
export const ChecksItsTexts = () => SetMetadata(CHECKS_ITS_TEXTS, true);

export const ITEMWISE = 'throughline:itemwise';

/** For a handler that checks the items of its body one by one (`checkedItem`), their texts too. */
export const Itemwise = (): MethodDecorator => SetMetadata(ITEMWISE, true);

/**
 * Refuses texts that Postgres can't store, anywhere in a REST request: path, query, body. Runs
 * before any lookup. The acting person's texts are checked where header and token are read
 * (libs/auth).
 */
@Injectable()
export class TextInterceptor implements NestInterceptor {
  constructor(private readonly reflector: Reflector) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const says = (name: string): boolean => this.reflector.get<boolean | undefined>(name, context.getHandler()) === true;
    if (context.getType() === 'http' && !says(CHECKS_ITS_TEXTS))
      refuseUnstorable(context.switchToHttp().getRequest<FastifyRequest>(), says(ITEMWISE));
    return next.handle();
  }
}

/** Reports the first faults and does not look for the rest. */
function refuseUnstorable({ params, query, body }: FastifyRequest, itemwise: boolean): void {
  const fields: FieldFault[] = [];
  for (const [part, root] of [
    [params, 'path'],
    [query, 'query'],
    [itemwise ? undefined : body, 'body'],
  ] as const)
    fields.push(...textFaults(part, root).slice(0, MOST_FAULTS - fields.length));
  if (fields.length === 0) return;
  const more = fields.length >= MOST_FAULTS ? '; there may be more' : '';
  throw new Problem('invalid', `${fields[0].message}${more}.`, { fields, code: 'validation' });
}
