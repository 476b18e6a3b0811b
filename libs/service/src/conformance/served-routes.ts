import type { FastifyInstance } from 'fastify';

/** A route as the HTTP server has it. */
export interface ServedRoute {
  method: string;
  path: string;
  /** The name of the function that answers it; of a controller's method `Class.method`. */
  handler: string;
}

const served = new WeakMap<object, ServedRoute[]>();

/** Notes every route that the server gets from now on. */
export function recordRoutes(fastify: FastifyInstance): void {
  const routes: ServedRoute[] = [];
  served.set(fastify, routes);
  fastify.addHook('onRoute', ({ method, url, handler }) => {
    for (const one of [method].flat()) routes.push({ method: one, path: url, handler: handler.name });
  });
}

/** Every route of a server whose routes are recorded. */
export function servedRoutes(fastify: object): ServedRoute[] {
  const routes = served.get(fastify);
  if (!routes) throw new Error('The routes of this server are not recorded.');
  return routes;
}
