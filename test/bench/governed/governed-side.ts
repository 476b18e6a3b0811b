import type { AddressInfo } from 'node:net';
import { createApp, Metrics, routeByPrefix, UsageRecorder } from '#service';
import { createDoor, listen } from '#service/door';
import { parcelApp } from './parcel-app.js';
import { runSide, type Served, type ToSide } from './side.js';
import { watchMade, watchStages } from './stages.js';
import { Stopwatch } from './stopwatch.js';

/** The app as a deployment serves it: behind its door, under its prefix, with its log in a file. */
async function serve({ environment, timed }: ToSide): Promise<Served> {
  Object.assign(process.env, environment);
  const watch = timed ? new Stopwatch() : undefined;
  if (watch) watchStages(watch);
  const app = await createApp(parcelApp);
  const fastify = app.getHttpAdapter().getInstance();
  const server = createDoor(parcelApp.name, routeByPrefix([{ prefix: parcelApp.prefix, handle: fastify.routing.bind(fastify) }]));
  if (watch) {
    watchMade(watch, app.get(Metrics));
    server.prependListener('request', (_, response) => {
      watch.begin('arrival');
      response.once('close', () => queueMicrotask(() => watch.end()));
    });
  }
  await listen(server, 0, '127.0.0.1');
  const usage = app.get(UsageRecorder);
  const count = usage.count.bind(usage);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    watch,
    countUsage: counted => void (usage.count = counted ? count : () => undefined),
  };
}

runSide(serve);
