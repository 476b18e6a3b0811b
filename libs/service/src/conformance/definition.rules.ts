import { placeOf, type Api, type Operation } from '#apis';
import type { App } from '../app-definition.js';

/** A handler of one of the app's controllers, the versions it serves, and the operation that it implements. */
export interface Implementation {
  name: string;
  versions: readonly string[];
  operation?: Operation;
}

/**
 * What keeps the handlers from being the versions of the API: each operation of a version must be
 * implemented once, and nothing else may be served.
 */
export const apiFaults = (apis: readonly Api[], handlers: Implementation[]): string[] => [
  ...apis.filter(isDefined).flatMap(api => faultsOfVersion(api, handlers)),
  ...handlers.flatMap(({ name, versions }) =>
    versions.filter(version => !apis.some(api => api.version === version)).map(version => `${name} serves version ${version}, which is not declared`),
  ),
];

/** Clients find an API by its layer and app (`pathOf`), so it must be mounted there. */
export const placeFaults = ({ prefix, apis }: Pick<App, 'prefix' | 'apis'>): string[] =>
  apis.filter(api => prefix !== placeOf(api)).map(api => `version ${api.version} declares ${placeOf(api)}, and is mounted at ${prefix}`);

/** Where no operation is defined, the app has whatever it serves; a GraphQL API serves none. */
const isDefined = ({ operations, graphql }: Api): boolean => graphql === true || Object.keys(operations).length > 0;

function faultsOfVersion({ operations, version }: Api, all: Implementation[]): string[] {
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
