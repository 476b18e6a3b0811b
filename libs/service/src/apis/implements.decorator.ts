import 'reflect-metadata';
import { applyDecorators, HttpCode, RequestMapping, RequestMethod, SetMetadata } from '@nestjs/common';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import { ApiBody, ApiHeader, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { AnswerOf, Operation, Shape } from '#apis';
import { Scopes } from '#auth';
import { WritesNothing } from '../audit/audit.interceptor.js';
import { Conditional } from '../entrance/entity-tag.js';
import { PageOf } from '../openapi/page.js';
import { Itemwise } from '../validation/text.interceptor.js';

export const IMPLEMENTS = 'throughline:implements';

const METHODS = { get: RequestMethod.GET, put: RequestMethod.PUT, post: RequestMethod.POST, delete: RequestMethod.DELETE } as const;

/**
 * Marks the handler of an operation of the app's API. Its route, its scope and its whole
 * documentation come from the definition. The compiler checks what it answers; loading the app
 * checks that it takes the definition's parameters, query and body.
 */
export function Implements<O extends Operation>(operation: O) {
  return <Handler extends (...args: never[]) => AnswerOf<O> | Promise<AnswerOf<O>>>(
    target: object,
    name: string,
    descriptor: TypedPropertyDescriptor<Handler>,
  ): void => {
    refuseOtherShapes(operation, target, name);
    implement(operation)(target, name, descriptor);
  };
}

/** Makes a method the handler of an operation, whatever it takes and answers. */
export function implement(operation: Operation): MethodDecorator {
  const { id, tag, method, path, scope, summary, description, status, answer, pageOf, body, ifMatch, conditional, writesNothing, itemwise } =
    operation;
  return applyDecorators(
    SetMetadata(IMPLEMENTS, operation),
    RequestMapping({ method: METHODS[method], path }),
    HttpCode(status),
    Scopes(scope),
    ApiTags(tag),
    ApiOperation({ operationId: id, summary, ...(description ? { description } : {}) }),
    pageOf ? PageOf(pageOf) : ApiResponse({ status, ...(answer ? { type: answer } : {}) }),
    ...(body ? [ApiBody({ type: body })] : []),
    ...(ifMatch ? [ApiHeader({ name: 'if-match', required: false, description: ifMatch })] : []),
    ...(conditional ? [Conditional()] : []),
    ...(writesNothing ? [WritesNothing()] : []),
    ...(itemwise ? [Itemwise()] : []),
  );
}

const PLACES = { [RouteParamtypes.BODY]: 'body', [RouteParamtypes.QUERY]: 'query', [RouteParamtypes.PARAM]: 'params' } as const;

/**
 * Refuses a handler that takes another class than the definition names: it would be validated by
 * one and documented by the other.
 */
function refuseOtherShapes(operation: Operation, target: object, name: string): void {
  const types = Reflect.getMetadata('design:paramtypes', target, name) as Shape[];
  const taken = (Reflect.getMetadata(ROUTE_ARGS_METADATA, target.constructor, name) ?? {}) as Record<string, { index: number; data?: unknown }>;
  for (const [key, { index, data }] of Object.entries(taken)) {
    const place = PLACES[Number(key.split(':')[0]) as keyof typeof PLACES] as (typeof PLACES)[keyof typeof PLACES] | undefined;
    // A handler checks a parameter of type `unknown` itself. A single path parameter is a text.
    if (!place || types[index] === Object || (place === 'params' && data !== undefined)) continue;
    if (types[index] !== operation[place])
      throw new Error(
        `${target.constructor.name}.${name} takes ${types[index].name} as ${place} where ${operation.id} has ${operation[place]?.name ?? 'nothing'}`,
      );
  }
}
