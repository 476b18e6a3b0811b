import { Body, Controller, Injectable, Param, Query, Req, Res, type Type } from '@nestjs/common';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { DiscoveryService, ExternalContextCreator, MetadataScanner } from '@nestjs/core';
import type { ParamsFactory } from '@nestjs/core/helpers/external-context-creator.js';
import { RouteParamsFactory } from '@nestjs/core/router/route-params-factory.js';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { namesIn, type Api, type Operation } from '#apis';
import { Problem } from '#canonical';
import { implement, IMPLEMENTS } from './implements.decorator.js';

type Call = (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>;

/** Takes what a handler declares of itself (`@Body()`, `@Query()`) from a request. */
const routeParams = new RouteParamsFactory();
const PARAMS: ParamsFactory = {
  exchangeKeyForValue: (type, data, [req, res]: [FastifyRequest, FastifyReply]): unknown =>
    routeParams.exchangeKeyForValue(type, data as string, { req, res, next: () => undefined }),
};

/** Calls the handlers of newer operations for requests to older ones. */
@Injectable()
export class TranslatedOperations {
  readonly #calls = new Map<Operation, Call>();

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly contexts: ExternalContextCreator,
  ) {}

  /**
   * Answers a request to an operation of an older version, whose input its own classes have
   * checked. The newer handler gets its input checked by its own classes, as if it were called
   * itself; all that is around a handler has been around the older operation.
   */
  async answer({ translation }: Operation, input: object, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    const { of, up, down, fieldOf } = translation!;
    const asked = plain(input);
    try {
      const { query, body, ...params } = up(asked) as { query?: object; body?: unknown };
      const translated = Object.create(request, {
        params: { value: params },
        query: { value: query ?? {} },
        body: { value: body },
      }) as FastifyRequest;
      return down(await this.#callOf(of)(translated, reply));
    } catch (error) {
      throw fieldOf && error instanceof Problem ? error.renamed(field => fieldOf(field, asked)) : error;
    }
  }

  #callOf(operation: Operation): Call {
    const known = this.#calls.get(operation) ?? this.#newCall(operation);
    this.#calls.set(operation, known);
    return known;
  }

  #newCall(operation: Operation): Call {
    const around = { guards: false, interceptors: false, filters: false };
    for (const { instance } of this.discovery.getControllers()) {
      const controller = instance as Record<string, (...args: unknown[]) => unknown>;
      const method = this.scanner
        .getAllMethodNames(Object.getPrototypeOf(controller) as object)
        .find(name => Reflect.getMetadata(IMPLEMENTS, controller[name]) === operation);
      if (method === undefined) continue;
      return this.contexts.create(controller, controller[method], method, ROUTE_ARGS_METADATA, PARAMS, undefined, undefined, around, 'http') as Call;
    }
    throw new Error(`Nothing implements ${operation.id}.`);
  }
}

/** What JSON would carry of it. */
const plain = (input: object): object => JSON.parse(JSON.stringify(input)) as object;

/**
 * The controller of the operations of an older version that newer ones serve; none where there are
 * none. Routes, scopes, checks and documents come from the definitions, as those of other handlers
 * do.
 */
export function translatedController({ version, operations }: Api): Type[] {
  const translated = Object.values(operations).filter(({ translation }) => translation !== undefined);
  if (translated.length === 0) return [];
  @Controller({ version })
  class Translated {
    constructor(readonly newer: TranslatedOperations) {}
  }
  Object.defineProperty(Translated, 'name', { value: `TranslatedV${version}` });
  for (const operation of translated) addHandler(Translated.prototype, operation);
  return [Translated];
}

/** One argument of a handler: what it is taken from, and the class by which it is checked. */
interface Argument {
  from: ParameterDecorator;
  type: unknown;
  /** Its place in the input of an operation. */
  place: string | undefined;
}

function argumentsOf({ path, params, query, body }: Operation): Argument[] {
  return [
    ...(params ? [{ from: Param(), type: params, place: undefined }] : namesIn(path).map(name => ({ from: Param(name), type: String, place: name }))),
    ...(query ? [{ from: Query(), type: query, place: 'query' }] : []),
    ...(body ? [{ from: Body(), type: body, place: 'body' }] : []),
  ];
}

function addHandler(prototype: { newer: TranslatedOperations }, operation: Operation): void {
  const { id } = operation;
  const taken = argumentsOf(operation);
  const value = function (
    this: { newer: TranslatedOperations },
    request: FastifyRequest,
    reply: FastifyReply,
    ...values: unknown[]
  ): Promise<unknown> {
    const input = taken.map(({ place }, at) => (place === undefined ? values[at] : { [place]: values[at] }));
    return this.newer.answer(operation, Object.assign({}, ...input) as object, request, reply);
  };
  // the metadata of a method is looked up by the name of its function
  Object.defineProperty(value, 'name', { value: id });
  const descriptor = { value, writable: true, configurable: true };
  Object.defineProperty(prototype, id, descriptor);
  Reflect.defineMetadata('design:paramtypes', [Object, Object, ...taken.map(({ type }) => type)], prototype, id);
  const decorators = [Req(), Res({ passthrough: true }), ...taken.map(({ from }) => from)];
  // last first, as the compiler applies them
  decorators.reduceRight((_, decorate, at) => decorate(prototype, id, at), undefined as void);
  implement(operation)(prototype, id, descriptor);
}
