import { VERSION_NEUTRAL, type Type } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA, VERSION_METADATA } from '@nestjs/common/constants.js';
import type { DiscoveryService, MetadataScanner } from '@nestjs/core';
import type { Operation } from '#apis';
import { statedAccess } from '#auth';
import { IMPLEMENTS } from '../apis/implements.decorator.js';
import { WRITES_NOTHING } from '../audit/audit.interceptor.js';
import type { HandlerFacts } from './conformance.rules.js';

/** A controller's method that serves a route. */
export interface Handler extends HandlerFacts {
  /** The API versions that it serves; none for probes and metrics. */
  versions: string[];
  operation?: Operation;
}

interface Method {
  type: Type;
  name: string;
  handler: object;
}

/** What ApiExcludeController notes; the package exports no name for it. */
const EXCLUDED = 'swagger/apiExcludeController';
const GRAPHQL_OPERATION = 'graphql:resolver_type';
const GRAPHQL_KINDS = ['Query', 'Mutation', 'Subscription'];

function methodsOf(wrappers: { metatype: unknown }[], scanner: MetadataScanner): Method[] {
  return wrappers.flatMap(({ metatype }) => {
    if (typeof metatype !== 'function' || !metatype.prototype) return [];
    const prototype = metatype.prototype as Record<string, object>;
    return scanner.getAllMethodNames(prototype).map(name => ({ type: metatype as Type, name, handler: prototype[name] }));
  });
}

/** Every handler of the app's controllers; those that state no version serve all of them. */
export const handlersOf = (discovery: DiscoveryService, scanner: MetadataScanner, all: string[]): Handler[] =>
  methodsOf(discovery.getControllers(), scanner)
    .filter(({ handler }) => Reflect.hasMetadata(PATH_METADATA, handler) && Reflect.hasMetadata(METHOD_METADATA, handler))
    .map(({ type, name, handler }) => {
      const access = statedAccess(type, handler);
      const version = (Reflect.getMetadata(VERSION_METADATA, handler) ?? Reflect.getMetadata(VERSION_METADATA, type) ?? all) as
        string | string[] | typeof VERSION_NEUTRAL;
      const neutral = version === VERSION_NEUTRAL;
      return {
        name: `${type.name}.${name}`,
        stated: access !== undefined,
        public: access === 'public',
        writesNothing: Reflect.getMetadata(WRITES_NOTHING, handler) === true,
        versions: neutral ? [] : [version].flat(),
        outsideDocuments: neutral && Reflect.hasMetadata(EXCLUDED, type),
        operation: Reflect.getMetadata(IMPLEMENTS, handler) as Operation | undefined,
      };
    });

/** `Class.method` of every GraphQL operation that states neither scopes nor that it is public. */
export const unstatedOperations = (discovery: DiscoveryService, scanner: MetadataScanner): string[] =>
  methodsOf(discovery.getProviders(), scanner)
    .filter(
      ({ type, handler }) =>
        GRAPHQL_KINDS.includes(Reflect.getMetadata(GRAPHQL_OPERATION, handler) as string) && statedAccess(type, handler) === undefined,
    )
    .map(({ type, name }) => `${type.name}.${name}`);
