import type { IncomingMessage, ServerResponse } from 'node:http';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { AnswerMismatch, AppDefinition, MountedApp } from '#service';
import { servedFrom } from './test-database.js';
import { testServer } from './test-server.js';

export interface TestApp {
  /** The first app's URL with its prefix: `http://127.0.0.1:…/system/crm`. */
  url: string;
  /** Without a prefix; the apps' GATEWAY_URL. */
  gatewayUrl: string;
  /** The first app. */
  app: NestFastifyApplication;
  apps: NestFastifyApplication[];
  /** Throws when an answer differed from its document. */
  close(): Promise<void>;
}

function refuse(mismatches: AnswerMismatch[]): void {
  if (mismatches.length === 0) return;
  const lines = mismatches.map(({ operation, status, pointer, text }) => `  ${operation} ${status}: ${pointer || '/'} ${text}`);
  throw new Error(`Answers differ from their documents:\n${lines.join('\n')}`);
}

/**
 * Apps that listen on a free port, each under its prefix as behind the gateway. `env` takes
 * precedence over the environment of this process, in which testDatabase and testIssuer have set
 * DATABASE_URL, ISSUER_URL and the apps' credentials.
 */
export async function testApp(defs: AppDefinition | AppDefinition[], o: { env?: Record<string, string> } = {}): Promise<TestApp> {
  const { AnswerCheck, createApp, routeByPrefix } = await import('#service');
  let handle: (request: IncomingMessage, response: ServerResponse) => void = (_request, response) => void response.writeHead(503).end();
  const server = await testServer((request, response) => handle(request, response));
  const gatewayUrl = server.url;
  const definitions = [defs].flat();
  const env = {
    LOG_LEVEL: 'fatal',
    ANSWER_CHECK_SAMPLE: '1',
    GATEWAY_URL: gatewayUrl,
    ...(process.env.DATABASE_URL ? await servedFrom(process.env.DATABASE_URL, definitions) : {}),
    ...o.env,
  };
  const before = setAll(env);
  const apps: NestFastifyApplication[] = [];
  for (const def of definitions) apps.push(await createApp(def, { env: { ...process.env, ...env } }));
  handle = routeByPrefix(apps.map((app, index): MountedApp => ({ prefix: definitions[index].prefix, handle: routingOf(app) })));
  const close = async () => {
    await server.close();
    const mismatches = apps.flatMap(app => app.get(AnswerCheck).report().mismatches);
    for (const app of apps.reverse()) await app.close();
    setAll(before);
    refuse(mismatches);
  };
  return { url: gatewayUrl + definitions[0].prefix, gatewayUrl, app: apps[0], apps: [...apps], close };
}

function routingOf(app: NestFastifyApplication): MountedApp['handle'] {
  const fastify = app.getHttpAdapter().getInstance();
  return fastify.routing.bind(fastify);
}

/** Sets variables of this process and returns their previous values; undefined removes one. */
function setAll(values: Record<string, string | undefined>): Record<string, string | undefined> {
  const before = Object.fromEntries(Object.keys(values).map(name => [name, process.env[name]]));
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
  return before;
}
