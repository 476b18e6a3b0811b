import { Inject, Injectable, VERSION_NEUTRAL, type OnModuleInit } from '@nestjs/common';
import { PATH_METADATA, VERSION_METADATA } from '@nestjs/common/constants.js';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { deprecationFaults, type Api, type Operation } from '#apis';
import { APP, newestApi, type App } from '../app-definition.js';
import { IMPLEMENTS } from './implements.decorator.js';

/** A handler of one of the app's controllers, the versions it serves, and the operation that it implements. */
export interface Handler {
  name: string;
  versions: readonly string[];
  operation?: Operation;
}

/**
 * What keeps the handlers from being the versions of the API: each operation of a version must be
 * implemented once, and nothing else may be served.
 */
export const apiFaults = (apis: readonly Api[], handlers: Handler[]): string[] => [
  ...apis.filter(isDefined).flatMap(api => faultsOfVersion(api, handlers)),
  ...handlers.flatMap(({ name, versions }) =>
    versions.filter(version => !apis.some(api => api.version === version)).map(version => `${name} serves version ${version}, which is not declared`),
  ),
];

/** Clients find an API by its layer and app (`pathOf`), so it must be mounted there. */
export const placeFaults = ({ prefix, apis }: Pick<App, 'prefix' | 'apis'>): string[] =>
  apis
    .filter(({ layer, app }) => prefix !== `/${layer}/${app}`)
    .map(({ layer, app, version }) => `version ${version} declares /${layer}/${app}, and is mounted at ${prefix}`);

/** Where no operation is defined, the app has whatever it serves; a GraphQL API serves none. */
const isDefined = ({ operations, graphql }: Api): boolean => graphql === true || Object.keys(operations).length > 0;

function faultsOfVersion({ operations, version }: Api, all: Handler[]): string[] {
  const defined = Object.values(operations);
  const handlers = all.filter(({ versions }) => versions.includes(version));
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
    const faults = [...placeFaults(this.app), ...apiFaults(this.app.apis, this.#handlers()), ...this.#deprecationFaults()];
    if (faults.length > 0) throw new Error(`The API of ${this.app.name} differs from its definition: ${faults.join('; ')}`);
  }

  /** Those of a GraphQL API are looked for in its schema. */
  #deprecationFaults(): string[] {
    return this.app.apis.filter(({ graphql }) => !graphql).flatMap(deprecationFaults);
  }

  #versionsOf(controller: object): string[] {
    const stated = Reflect.getMetadata(VERSION_METADATA, controller) as string | string[] | undefined;
    return [stated ?? newestApi(this.app).version].flat();
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
          versions: this.#versionsOf(metatype),
          operation: Reflect.getMetadata(IMPLEMENTS, prototype[name]) as Operation | undefined,
        }));
    });
  }
}
