import { Logger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { withFullView } from '#persistence';
import { uriVersions } from '#versioning';
import type { AppDefinition } from './app-definition.js';
import { rootOf } from './app-root.js';
import { ConformanceCheck } from './conformance/conformance-check.js';
import { ConformanceError } from './conformance/finding.js';
import { recordRoutes } from './conformance/served-routes.js';
import type { Environment } from './config/setting.js';
import { runInContext } from './context/context.js';
import { readBodiesWithinBounds } from './entrance/body-parser.js';
import { addRequestHooks } from './entrance/request-hooks.js';
import { answerUnroutable } from './problems/unroutable.js';
import { configureLog, frameworkLog } from './logs/log.js';
import { Documents } from './openapi/documents.js';
import { documentsOf } from './openapi/emit-openapi.js';
import { LONGEST_PATH_PARAMETER } from './openapi/request-schemas.js';
import { configure, type AppConfiguration } from './service.module.js';

/** The HTTP server that serves an app. */
export function adapterOf({ service }: AppConfiguration): FastifyAdapter {
  const adapter = new FastifyAdapter({
    bodyLimit: service.bodyLimitBytes,
    routerOptions: { maxParamLength: LONGEST_PATH_PARAMETER },
    frameworkErrors: answerUnroutable,
    forceCloseConnections: 'idle',
    trustProxy: service.trustedProxies.length > 0 ? service.trustedProxies : false,
  });
  recordRoutes(adapter.getInstance());
  return adapter;
}

/**
 * Work that an app starts by itself (readers, feeds, pumps, timers, flows) inherits this view.
 * Requests get their caller's view (request-hooks.ts).
 */
export const withAppView = <T>(def: AppDefinition, build: () => T): T =>
  runInContext({ app: def.name }, () => withFullView(`what ${def.name} does by itself`, build));

/**
 * Finishes an app that was built from `rootOf`: versions, hooks, start of its modules. The app does
 * not listen.
 */
export async function prepare(app: NestFastifyApplication, def: AppDefinition): Promise<NestFastifyApplication> {
  app.enableVersioning(uriVersions(def.apis.map(({ version }) => version)));
  addRequestHooks(app, def);
  app.get(Documents).makeWith(() => documentsOf(app, def));
  await app.init();
  readBodiesWithinBounds(app.getHttpAdapter().getInstance());
  await app.getHttpAdapter().getInstance().ready();
  app.get(ConformanceCheck).refuseDifferences();
  return app;
}

/**
 * Builds and starts an app that does not listen. To mount it behind a gateway, pass requests
 * without its prefix to `getHttpAdapter().getInstance().routing`. Throws SettingsError with every
 * fault when the configuration is wrong, and ConformanceError when the app is not what it declares.
 * `vendors` replaces the back ends in the definition.
 */
export async function createApp(
  listed: AppDefinition,
  o: { env?: Environment; vendors?: AppDefinition['vendors'] } = {},
): Promise<NestFastifyApplication> {
  const def = o.vendors ? { ...listed, vendors: o.vendors } : listed;
  const configured = configure(def, o.env ?? process.env);
  configureLog(configured.service);
  Logger.overrideLogger(frameworkLog);
  const build = async (): Promise<NestFastifyApplication> => {
    const app = await NestFactory.create<NestFastifyApplication>(rootOf(def, configured), adapterOf(configured), {
      logger: frameworkLog,
      abortOnError: false,
      // the framework's parsers also accept forms; the server's own are replaced in `prepare`
      bodyParser: false,
    });
    try {
      return await prepare(app, def);
    } catch (error) {
      // its modules have started their work
      if (error instanceof ConformanceError) await app.close();
      throw error;
    }
  };
  return withAppView(def, build);
}
