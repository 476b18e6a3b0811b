import type { IncomingMessage, ServerResponse } from 'node:http';
import { Problem } from '#canonical';
import { context } from './context/context.js';
import { problemBody } from './problems/problem-body.js';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** A mounted app: it handles everything under `prefix`, and sees paths without it. */
export interface MountedApp {
  prefix: string;
  handle: Handler;
}

/**
 * Sends each request to the app with the longest matching prefix; other requests get a 404 problem.
 */
export function routeByPrefix(mounted: MountedApp[]): Handler {
  const longestFirst = [...mounted].sort((a, b) => b.prefix.length - a.prefix.length);
  return (request, response) => {
    const url = request.url ?? '/';
    const app = longestFirst.find(({ prefix }) => url === prefix || url.startsWith(`${prefix}/`) || url.startsWith(`${prefix}?`));
    if (!app) return nothingThere(request, response);
    const rest = url.slice(app.prefix.length);
    request.url = rest.startsWith('/') ? rest : `/${rest}`;
    app.handle(request, response);
  };
}

function nothingThere(request: IncomingMessage, response: ServerResponse): void {
  const problem = new Problem('not-found', `There is nothing at ${request.method} ${request.url?.split('?')[0]}.`);
  const body = problemBody(problem, context().correlationId);
  response.writeHead(body.status, {
    'content-type': 'application/problem+json; charset=utf-8',
    'x-correlation-id': body.correlationId,
  });
  response.end(JSON.stringify(body));
}
