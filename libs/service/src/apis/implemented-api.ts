import { Inject, Injectable, VERSION_NEUTRAL, type OnModuleInit } from '@nestjs/common';
import { PATH_METADATA, VERSION_METADATA } from '@nestjs/common/constants.js';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import type { Api, Operation } from '#apis';
import { APP, type App } from '../app-definition.js';
import { IMPLEMENTS } from './implements.decorator.js';

/** A handler of one of the app's controllers, and the operation that it implements. */
export interface Handler {
  name: string;
  operation?: Operation;
}

/**
 * What keeps the handlers from being the API: each operation must be implemented once, and nothing
 * else may be served.
 */
export function apiFaults({ operations }: Api, handlers: Handler[]): string[] {
  const defined = Object.values(operations);
  return [
    ...defined.flatMap(operation => {
      const names = handlers.filter(handler => handler.operation === operation).map(({ name }) => name);
      if (names.length === 1) return [];
      return [names.length === 0 ? `nothing implements ${operation.id}` : `${operation.id} is implemented by ${names.join(' and ')}`];
    }),
    ...handlers
      .filter(({ operation }) => !operation || !defined.includes(operation))
      .map(
        ({ name, operation }) =>
          `${name} ${operation ? `implements ${operation.id}, which is not in the API` : 'implements no operation of the API'}`,
      ),
  ];
}

/** Refuses to start an app whose controllers are not exactly the API that it defines. */
@Injectable()
export class ImplementedApi implements OnModuleInit {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    @Inject(APP) private readonly app: App,
  ) {}

  onModuleInit(): void {
    const faults = this.app.api ? apiFaults(this.app.api, this.#handlers()) : [];
    if (faults.length > 0) throw new Error(`The API of ${this.app.name} differs from its definition: ${faults.join('; ')}`);
  }

  #handlers(): Handler[] {
    return this.discovery.getControllers().flatMap(({ metatype }) => {
      // Routes without a version (probes, metrics, documents) exist in every app and belong to no
      // API.
      if (typeof metatype !== 'function' || Reflect.getMetadata(VERSION_METADATA, metatype) === VERSION_NEUTRAL) return [];
      const prototype = metatype.prototype as Record<string, object>;
      return this.scanner
        .getAllMethodNames(prototype)
        .filter(name => Reflect.hasMetadata(PATH_METADATA, prototype[name]))
        .map(name => ({
          name: `${metatype.name}.${name}`,
          operation: Reflect.getMetadata(IMPLEMENTS, prototype[name]) as Operation | undefined,
        }));
    });
  }
}
