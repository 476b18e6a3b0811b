import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { AppDefinition } from './app-definition.js';
import { SettingsError } from './config/setting.js';
import { createApp } from './create-app.js';
import { Readiness } from './health/readiness.js';
import { log } from './logs/log.js';
import { routeByPrefix } from './prefix-router.js';
import { ServiceConfig } from './service.config.js';

const PROBES = ['/healthz', '/readyz', '/metrics'];

/**
 * Runs one app alone, as a deployment does: URLs are the same as behind the gateway. Probes and metrics are at the root too.
 * SIGTERM and SIGINT make it unready, let it finish what it is answering, and end the process.
 */
export async function serve(def: AppDefinition): Promise<void> {
  try {
    await listen(def);
  } catch (error) {
    if (error instanceof SettingsError) process.stderr.write(`${def.name} can't start. ${error.message}\n`);
    else log.fatal({ err: error }, `${def.name} can't start`);
    process.exit(1);
  }
}

async function listen(def: AppDefinition): Promise<void> {
  const app = await createApp(def);
  const { port, host, shutdownTimeoutMs } = app.get(ServiceConfig);
  const routing = app.getHttpAdapter().getInstance().routing.bind(app.getHttpAdapter().getInstance());
  const underPrefix = routeByPrefix([{ prefix: def.prefix, handle: routing }]);
  const server = createServer((request, response) => (PROBES.includes(request.url ?? '') ? routing : underPrefix)(request, response));
  server.listen(port, host);
  await once(server, 'listening').catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'EADDRINUSE' ? new SettingsError([{ env: 'PORT', message: `${port} is in use; set PORT to a free one` }]) : error;
  });
  log.info({ app: def.name, port }, `${def.name} serves ${def.prefix} on ${host}:${port}`);
  const stop = stopper(app, server, def.name, shutdownTimeoutMs);
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

function stopper(app: NestFastifyApplication, server: Server, name: string, timeoutMs: number): () => void {
  return () => {
    log.info({ app: name }, `${name} is stopping`);
    setTimeout(() => {
      log.error({ app: name }, `${name} wasn't done after ${timeoutMs} ms`);
      process.exit(1);
    }, timeoutMs).unref();
    void drain(app, server).then(
      () => process.exit(0),
      (err: unknown) => {
        log.error({ app: name, err }, `${name} didn't stop cleanly`);
        process.exit(1);
      },
    );
  };
}

/** Says it isn't ready, takes no more connections, waits for the answers under way, then stops the app's own work. */
async function drain(app: NestFastifyApplication, server: Server): Promise<void> {
  app.get(Readiness).drain();
  const closed = once(server, 'close');
  server.close();
  server.closeIdleConnections();
  await closed;
  await app.close();
}
