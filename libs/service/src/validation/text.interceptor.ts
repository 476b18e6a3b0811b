import { Injectable, SetMetadata, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import type { Observable } from 'rxjs';
import { MOST_FAULTS, pathOf, Problem, storable, type FieldFault } from '#canonical';

type Path = (string | number)[];

/**
 * Where `value` contains texts that can't be stored. A bad name counts as a fault of its field. The
 * levels are bounded before.
 */
function* unstorable(value: unknown, path: Path): Generator<Path> {
  if (typeof value === 'string' && !storable(value)) yield path;
  if (typeof value !== 'object' || value === null) return;
  for (const [name, part] of Object.entries(value)) {
    if (!storable(name)) yield path;
    else yield* unstorable(part, [...path, Array.isArray(value) ? Number(name) : name]);
  }
}

const faultAt = (path: Path, root: string): FieldFault => {
  const field = pathOf(path) || root;
  return { field, rule: 'text', message: `${field} must not have a NUL character or half a surrogate pair` };
};

export const CHECKS_ITS_TEXTS = 'throughline:checks-its-texts';

/**
 * For a handler whose body is a language of its own, and which reports a bad text by its position:
 * a GraphQL operation.
 */
export const ChecksItsTexts = () => SetMetadata(CHECKS_ITS_TEXTS, true);

/**
 * Refuses texts that Postgres can't store, anywhere in a REST request: path, query, body. Runs
 * before any lookup. The acting person's texts are checked where header and token are read
 * (libs/auth).
 */
@Injectable()
export class TextInterceptor implements NestInterceptor {
  constructor(private readonly reflector: Reflector) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const checksItself = this.reflector.get<boolean | undefined>(CHECKS_ITS_TEXTS, context.getHandler());
    if (context.getType() === 'http' && !checksItself) refuseUnstorable(context.switchToHttp().getRequest<FastifyRequest>());
    return next.handle();
  }
}

/** Reports the first faults and does not look for the rest. */
function refuseUnstorable({ params, query, body }: FastifyRequest): void {
  const fields: FieldFault[] = [];
  for (const [part, root] of [
    [params, 'path'],
    [query, 'query'],
    [body, 'body'],
  ] as const) {
    for (const path of unstorable(part, [])) {
      if (fields.push(faultAt(path, root)) === MOST_FAULTS) break;
    }
    if (fields.length >= MOST_FAULTS) break;
  }
  if (fields.length === 0) return;
  const more = fields.length >= MOST_FAULTS ? '; there may be more' : '';
  throw new Problem('invalid', `${fields[0].message}${more}.`, { fields, code: 'validation' });
}
