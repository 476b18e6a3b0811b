import { once } from 'node:events';
import type { RequestListener, Server } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Problem } from '#canonical';
import type { AppDefinition } from './app-definition.js';
import { SettingsError } from './config/setting.js';
import { createApp } from './create-app.js';
import { createDoor } from './door/door.js';
import { Readiness } from './health/readiness.js';
import { log } from './logs/log.js';
import { routeByPrefix } from './prefix-router.js';
import { ServiceConfig } from './service.config.js';

const PROBES = ['/healthz', '/readyz', '/metrics'];

/**
 * Runs one app alone, as a deployment does. URLs are the same as behind the gateway; probes and
 * metrics are at the root too. After SIGTERM or SIGINT it reports unready, finishes its running
 * answers, and ends the process.
 */
export async function serve(def: AppDefinition): Promise<void> {
  // unawaited work failed: its purpose is lost, the process goes on
  process.on('unhandledRejection', (err: unknown) => log.error({ app: def.name, err }, 'defect: work that nobody waited for failed'));
  process.on('uncaughtExceptionMonitor', err => log.fatal({ app: def.name, err }, `${def.name} dies of a defect`));
  try {
    const app = await createApp(def);
    const server = await listen(app, def);
    const stop = (): void => void end(app, server, def.name);
    process.once('SIGTERM', stop);
    process.once('SIGINT', stop);
  } catch (error) {
    if (error instanceof SettingsError) process.stderr.write(`${def.name} can't start. ${error.message}\n`);
    else if (error instanceof Problem && error.code?.startsWith('setting-')) process.stderr.write(`${def.name} can't start. ${error.detail}\n`);
    else log.fatal({ app: def.name, err: error }, `${def.name} can't start`);
    process.exit(1);
  }
}

async function listen(app: NestFastifyApplication, def: AppDefinition): Promise<Server> {
  const { port, host } = app.get(ServiceConfig);
  const server = createDoor(def.name, listenerOf(app, def.prefix), {}, (what, err) => log.error({ app: def.name, err }, what));
  server.listen(port, host);
  await once(server, 'listening').catch(async (error: NodeJS.ErrnoException) => {
    await app.close();
    throw error.code === 'EADDRINUSE' ? new SettingsError([{ env: 'PORT', message: `${port} is in use; set it to a free one` }]) : error;
  });
  log.info({ app: def.name, port }, `${def.name} serves ${def.prefix} on ${host}:${port}`);
  return server;
}

function listenerOf(app: NestFastifyApplication, prefix: string): RequestListener {
  const fastify = app.getHttpAdapter().getInstance();
  const handle = fastify.routing.bind(fastify);
  const underPrefix = routeByPrefix([{ prefix, handle }]);
  return (request, response) => (PROBES.includes(request.url ?? '') ? handle : underPrefix)(request, response);
}

async function end(app: NestFastifyApplication, server: Server, name: string): Promise<void> {
  const { shutdownTimeoutMs, shutdownDelayMs } = app.get(ServiceConfig);
  log.info({ app: name }, `${name} is stopping`);
  setTimeout(() => {
    log.error({ app: name }, `${name} wasn't done after ${shutdownTimeoutMs} ms`);
    process.exit(1);
  }, shutdownTimeoutMs).unref();
  try {
    await drain(app, server, shutdownDelayMs);
    log.info({ app: name }, `${name} has stopped`);
    process.exit(0);
  } catch (err) {
    log.error({ app: name, err }, `${name} didn't stop cleanly`);
    process.exit(1);
  }
}

/**
 * Reports unready, then accepts no more connections, waits for running answers, and stops the app's
 * own work.
 */
async function drain(app: NestFastifyApplication, server: Server, delayMs: number): Promise<void> {
  app.get(Readiness).drain();
  await delay(delayMs);
  const closed = once(server, 'close');
  server.close();
  // an idle connection would otherwise stay open for the next request
  const closing = setInterval(() => server.closeIdleConnections(), 50);
  await closed.finally(() => clearInterval(closing));
  await app.close();
}
