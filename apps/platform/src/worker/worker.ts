import type { PlatformEnvironment } from '../data-folder.js';

/** What the supervisor tells the worker: start with these settings; what the platform still waits for. */
export type ToWorker = { start: { environment: PlatformEnvironment; port: number } } | { waitingFor: string[] };

/** What the worker tells the supervisor: every app serves; or why it can't. */
export type FromWorker = { serving: { apps: { layer: string; name: string; prefix: string; versions: readonly string[] }[] } } | { failed: string };

// All apps in one process, behind one port. The heavy modules load while Postgres and the sandboxes start.
const [{ createApp, SettingsError }, { APPS }, { Gateway }] = await Promise.all([import('#service'), import('../apps.js'), import('./gateway.js')]);

const gateway = new Gateway();
const running: Awaited<ReturnType<typeof createApp>>[] = [];

const tell = (message: FromWorker) => process.send?.(message);

async function start({ environment, port }: { environment: PlatformEnvironment; port: number }): Promise<void> {
  Object.assign(process.env, environment);
  await gateway.listen(port, process.env.HOST ?? '127.0.0.1');
  const hosted = await Promise.all(
    APPS.map(async def => {
      const app = await createApp(def, { env: process.env });
      running.push(app);
      return { def, app };
    }),
  );
  gateway.mount(hosted);
  tell({ serving: { apps: APPS.map(({ layer, name, prefix, versions }) => ({ layer, name, prefix, versions })) } });
}

async function stop(): Promise<void> {
  await gateway.close();
  await Promise.all(running.map(app => app.close()));
  process.exit(0);
}

process.on('message', (message: ToWorker) => {
  if ('waitingFor' in message) gateway.waitingFor = message.waitingFor;
  else
    start(message.start).catch((error: unknown) => {
      tell({ failed: error instanceof SettingsError ? error.message : String(error instanceof Error ? (error.stack ?? error) : error) });
      process.exit(1);
    });
});
process.once('SIGTERM', () => void stop());
// Ctrl-C reaches every process of the terminal; the supervisor decides when this one's work is done.
process.on('SIGINT', () => undefined);
// Without the supervisor there is nobody to start Postgres again or to stop us.
process.once('disconnect', () => process.exit(1));
