import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { type AppDefinition, log, type MountedApp, routeByPrefix } from '#service';
import { createDoor, DoorRefusal, listen, refuse, refuseMethodsBut } from '#service/door';
import { oneMetricsPage } from './metrics-page.js';

export interface Hosted {
  def: AppDefinition;
  app: NestFastifyApplication;
}

/** The portal's short addresses, besides those under its prefix. */
const PORTAL_PATHS = ['/graphql', '/graphiql'];

/** The paths that the gateway answers itself. */
const OWN_PATHS = new Set(['/healthz', '/readyz', '/metrics', '/catalogue', '/']);

/** The catalogue's full address; its pages name what belongs to them relative to it. */
const CATALOGUE = '/governance/catalogue';

/**
 * Serves all apps on one port. Each keeps its own guards, pipes and documents, and sees its paths
 * without its prefix. Apps also call each other through here. Calls to apps that aren't mounted yet
 * get 503, so that the port can be open first.
 */
export class Gateway {
  readonly #server: Server;
  #hosted: Hosted[] = [];
  #route: MountedApp['handle'];
  /** What the platform as a whole waits for, besides its apps. */
  waitingFor: string[] = [];

  constructor(private readonly apps: AppDefinition[]) {
    this.#route = this.#routes();
    this.#server = createDoor(
      'gateway',
      (request, response) => this.#serve(request, response),
      {},
      (what, err) => log.error({ err }, what),
    );
  }

  listen(port: number, host: string): Promise<void> {
    return listen(this.#server, port, host);
  }

  mount(hosted: Hosted[]): void {
    this.#hosted.push(...hosted);
    this.#route = this.#routes();
  }

  get #complete(): boolean {
    return this.#hosted.length === this.apps.length;
  }

  #routes(): MountedApp['handle'] {
    return routeByPrefix(
      this.apps.flatMap((def): MountedApp[] => {
        const app = this.#hosted.find(one => one.def === def)?.app;
        const handle = app ? routingOf(app) : starting;
        const paths = def.apis.some(({ graphql }) => graphql) ? PORTAL_PATHS : [];
        return [{ prefix: def.prefix, handle }, ...paths.map(path => ({ prefix: path, handle: withPath(path, handle) }))];
      }),
    );
  }

  /** Accepts no more connections, and waits for running answers. */
  async close(): Promise<void> {
    this.#server.closeIdleConnections();
    await new Promise(resolve => this.#server.close(resolve));
  }

  #serve(request: IncomingMessage, response: ServerResponse): void | Promise<void> {
    noteWhere(request);
    const path = request.url?.split('?')[0] ?? '/';
    if (OWN_PATHS.has(path)) refuseMethodsBut(['GET', 'HEAD'], request);
    if (path === '/healthz') return answer(response, 200, { status: 'ok' });
    if (path === '/readyz') return this.#readiness(response);
    if (path === '/metrics') return this.#complete ? this.#metrics(request, response) : starting();
    if (path === '/catalogue') return void response.writeHead(302, { location: CATALOGUE }).end();
    if (path === '/') return this.#complete ? answer(response, 200, this.#index()) : starting();
    this.#route(request, response);
  }

  async #readiness(response: ServerResponse): Promise<void> {
    const answers = await Promise.all(this.#hosted.map(async ({ def, app }) => ({ name: def.name, answer: await app.inject({ url: '/readyz' }) })));
    const unwell = answers
      .filter(one => one.answer.statusCode !== 200)
      .map(one => `${one.name}: ${one.answer.json<{ detail?: string }>().detail ?? 'not ready'}`);
    const reasons = [...(this.#complete ? [] : ['the apps are starting']), ...this.waitingFor, ...unwell];
    if (reasons.length === 0) answer(response, 200, { status: 'ok', apps: this.#hosted.map(({ def }) => def.name) });
    else refuse(response, notReady(`Not ready: ${reasons.join('; ')}.`));
  }

  /**
   * The pages of all apps in one. Each app requires the scope metrics.read itself; the first
   * refusal counts for all.
   */
  async #metrics(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { authorization } = request.headers;
    const headers = authorization ? { authorization } : {};
    const pages = await Promise.all(
      this.#hosted.map(async ({ def, app }) => ({ app: def.name, page: await app.inject({ url: '/metrics', headers }) })),
    );
    const refusal = pages.find(({ page }) => page.statusCode !== 200)?.page;
    if (refusal) {
      const { 'content-type': type, 'www-authenticate': challenge } = refusal.headers;
      response
        .writeHead(refusal.statusCode, { 'content-type': String(type), ...(challenge ? { 'www-authenticate': challenge } : {}) })
        .end(refusal.body);
      return;
    }
    const type = String(pages[0]?.page.headers['content-type']);
    response.writeHead(200, { 'content-type': type }).end(oneMetricsPage(pages.map(({ app, page }) => ({ app, text: page.body }))));
  }

  #index(): object {
    return {
      name: 'Throughline',
      graphql: '/graphql',
      graphiql: '/graphiql',
      apis: this.#hosted.flatMap(({ def }) =>
        def.apis.map(({ version }) => ({
          name: def.name,
          title: def.title,
          baseUrl: `${def.prefix}/v${version}`,
          openapi: `${def.prefix}/openapi/v${version}.json`,
        })),
      ),
    };
  }
}

function routingOf(app: NestFastifyApplication): MountedApp['handle'] {
  const fastify = app.getHttpAdapter().getInstance();
  return fastify.routing.bind(fastify);
}

/** The router removes the prefix; the portal knows these paths by their full names. */
const withPath =
  (path: string, handle: MountedApp['handle']): MountedApp['handle'] =>
  (request, response) => {
    const rest = request.url ?? '/';
    request.url = rest === '/' ? path : path + (rest.startsWith('/?') ? rest.slice(1) : rest);
    handle(request, response);
  };

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(body));
}

const notReady = (detail: string) => new DoorRefusal(503, 'not-ready', detail, { 'retry-after': '1' });

function starting(): never {
  throw notReady('The apps are starting.');
}

/** Headers in which callers state their address; a proxy might believe them. */
const FORWARDED = ['forwarded', 'x-forwarded-host', 'x-forwarded-proto', 'x-forwarded-port', 'x-real-ip'];

/**
 * Overwrites the caller's address with that of the connection, whatever the caller states, so that
 * apps may believe it.
 */
function noteWhere({ headers, socket }: IncomingMessage): void {
  for (const name of FORWARDED) delete headers[name];
  headers['x-forwarded-for'] = socket.remoteAddress ?? 'unknown';
}
