import { Inject, Injectable, SetMetadata, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import type { Observable } from 'rxjs';
import { Problem, type FieldFault } from '#canonical';
import { storable } from './storable.rules.js';

/** The texts within `value` that no database keeps, by the path of their field; a name within counts as its field's. */
function* unstorable(value: unknown, field: string): Generator<FieldFault> {
  if (typeof value === 'string' && !storable(value)) {
    yield { field, rule: 'text', message: `${field} must not have a NUL character or half a surrogate pair` };
  }
  if (typeof value !== 'object' || value === null) return;
  for (const [name, part] of Object.entries(value)) {
    if (!storable(name)) yield { field: field || 'body', rule: 'text', message: `${field || 'body'} must not have a NUL character in a name` };
    else yield* unstorable(part, Array.isArray(value) ? `${field}[${name}]` : field === '' ? name : `${field}.${name}`);
  }
}

const CHECKS_ITS_TEXTS = 'throughline:checks-its-texts';

/** For a handler whose body is a language of its own, which names a bad text by its place in it: a GraphQL operation. */
export const ChecksItsTexts = () => SetMetadata(CHECKS_ITS_TEXTS, true);

/**
 * Refuses texts that Postgres can't keep, wherever they are in a REST request: path, query, body, acting person. Runs before whatever
 * might look one up.
 */
@Injectable()
export class TextInterceptor implements NestInterceptor {
  constructor(@Inject(Reflector) private readonly reflector: Reflector) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const checksItself = this.reflector.get<boolean | undefined>(CHECKS_ITS_TEXTS, context.getHandler());
    if (context.getType() === 'http' && !checksItself) refuseUnstorable(context.switchToHttp().getRequest<FastifyRequest>());
    return next.handle();
  }
}

function refuseUnstorable({ params, query, body, principal }: FastifyRequest): void {
  const within = [params, query, body].flatMap(part => [...unstorable(part, '')]);
  const fields = [...within, ...unstorable(principal?.actingFor, 'Throughline-Actor')];
  if (fields.length === 0) return;
  throw new Problem('invalid', `${fields[0].message}.`, { fields, code: 'validation' });
}
