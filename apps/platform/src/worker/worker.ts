import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createApp, SettingsError } from '#service';
import { APPS } from '../apps.js';
import type { PlatformEnvironment } from '../data-folder.js';
import { Gateway } from './gateway.js';

/** What the supervisor tells the worker: start with these settings; what the platform still waits for. */
export type ToWorker = { start: { environment: PlatformEnvironment; port: number } } | { waitingFor: string[] };

/** What the worker tells the supervisor: every app serves; or why it can't, and whether that is for a person to mend (settings). */
export type FromWorker =
  { serving: { apps: { layer: string; name: string; prefix: string; versions: readonly string[] }[] } } | { failed: string; mendable: boolean };

// All apps in one process, behind one port. Its modules load while Postgres and the sandboxes start.
const gateway = new Gateway();
const running = new Map<string, NestFastifyApplication>();

const tell = (message: FromWorker) => process.send?.(message);

async function start({ environment, port }: { environment: PlatformEnvironment; port: number }): Promise<void> {
  Object.assign(process.env, environment);
  await gateway.listen(port, process.env.HOST ?? '127.0.0.1');
  const hosted = await Promise.all(
    APPS.map(async def => {
      const app = await createApp(def, { env: process.env });
      running.set(def.name, app);
      return { def, app };
    }),
  );
  gateway.mount(hosted);
  tell({ serving: { apps: APPS.map(({ layer, name, prefix, versions }) => ({ layer, name, prefix, versions })) } });
}

/** Callers before whom they call: a flow may finish its step while the system apps and the gateway still answer. */
async function stop(): Promise<void> {
  for (const layer of ['experience', 'process', 'system']) {
    if (layer === 'system') await gateway.close();
    await Promise.all(APPS.filter(def => def.layer === layer).map(async def => running.get(def.name)?.close()));
  }
  process.exit(0);
}

process.on('message', (message: ToWorker) => {
  if ('waitingFor' in message) gateway.waitingFor = message.waitingFor;
  else
    start(message.start).catch((error: unknown) => {
      const mendable = error instanceof SettingsError;
      tell({ failed: mendable ? error.message : String(error instanceof Error ? (error.stack ?? error) : error), mendable });
      process.exit(1);
    });
});
process.once('SIGTERM', () => void stop());
// Ctrl-C reaches every process of the terminal; the supervisor decides when this one's work is done.
process.on('SIGINT', () => undefined);
// Without the supervisor there is nobody to start Postgres again or to stop us.
process.once('disconnect', () => process.exit(1));
