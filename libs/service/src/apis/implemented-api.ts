import { Inject, Injectable, VERSION_NEUTRAL, type OnModuleInit } from '@nestjs/common';
import { PATH_METADATA, VERSION_METADATA } from '@nestjs/common/constants.js';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import type { Api, Operation } from '#apis';
import { APP, type App } from '../app-definition.js';
import { IMPLEMENTS } from './implements.decorator.js';

/** A handler of a controller that speaks for the app, and what it implements. */
export interface Handler {
  name: string;
  operation?: Operation;
}

/** What keeps handlers from being the API: each of its operations is implemented once, and nothing beside them is served. */
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
      .map(({ name, operation }) => `${name} ${operation ? `implements ${operation.id}, which is not in it` : 'implements nothing of it'}`),
  ];
}

/** Refuses to start an app whose controllers are not the API that it defines. */
@Injectable()
export class ImplementedApi implements OnModuleInit {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    @Inject(APP) private readonly app: App,
  ) {}

  onModuleInit(): void {
    const faults = this.app.api ? apiFaults(this.app.api, this.#handlers()) : [];
    if (faults.length > 0) throw new Error(`The API of ${this.app.name} is not as it is defined: ${faults.join('; ')}`);
  }

  #handlers(): Handler[] {
    return this.discovery.getControllers().flatMap(({ metatype }) => {
      // What has no version (probes, metrics, documents) is every app's, and no part of its API.
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
