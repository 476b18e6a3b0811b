import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { LAYERS } from '#apis';
import { type AppDefinition, layerOf, SettingsError } from '#service';
import { APPS } from '../apps.js';
import type { PlatformEnvironment } from '../data-folder.js';
import { Gateway } from './gateway.js';

/**
 * Messages of the supervisor to the worker: start with these settings; what the platform still
 * waits for.
 */
export type ToWorker = { start: { environment: PlatformEnvironment; port: number } } | { waitingFor: string[] };

/**
 * Messages of the worker to the supervisor: it has loaded and can start; every app serves; or why
 * it can't, and whether a person can correct that (settings).
 */
export type FromWorker =
  | { loaded: true }
  | { serving: { apps: { layer: string; name: string; prefix: string; versions: readonly string[] }[] } }
  | { failed: string; mendable: boolean };

/** Builds an app, as the platform does or as a test does with a replaced provider. */
export type CreateApp = (def: AppDefinition, o: { env: NodeJS.ProcessEnv }) => Promise<NestFastifyApplication>;

/**
 * All apps in one process, on one port. Its modules load while Postgres and the sandboxes start.
 */
export function runWorker(createApp: CreateApp): void {
  const worker = new Worker(createApp);
  process.on('message', (message: ToWorker) => worker.hear(message));
  process.once('SIGTERM', () => void worker.stop());
  // Ctrl-C reaches every process of the terminal; the supervisor decides when to stop this one.
  process.on('SIGINT', () => undefined);
  // Without the supervisor, nobody restarts Postgres or stops us.
  process.once('disconnect', () => process.exit(1));
  send({ loaded: true });
}

class Worker {
  readonly #gateway = new Gateway(APPS);
  readonly #running = new Map<string, NestFastifyApplication>();

  constructor(private readonly createApp: CreateApp) {}

  hear(message: ToWorker): void {
    if ('waitingFor' in message) this.#gateway.waitingFor = message.waitingFor;
    else
      this.#start(message.start).catch((error: unknown) => {
        const mendable = error instanceof SettingsError;
        send({ failed: mendable ? error.message : String(error instanceof Error ? (error.stack ?? error) : error), mendable });
        process.exit(1);
      });
  }

  /**
   * Stops callers before the apps that they call: a flow may finish its step while the system apps
   * and the gateway still answer.
   */
  async stop(): Promise<void> {
    for (const layer of LAYERS.toReversed()) {
      if (layer === 'system') await this.#gateway.close();
      await Promise.all(APPS.filter(def => layerOf(def) === layer).map(async def => this.#running.get(def.name)?.close()));
    }
    process.exit(0);
  }

  async #start({ environment, port }: { environment: PlatformEnvironment; port: number }): Promise<void> {
    Object.assign(process.env, environment);
    await this.#gateway.listen(port, process.env.HOST ?? '127.0.0.1');
    // Starts the called apps before their callers, so that no call comes too early.
    for (const layer of LAYERS)
      this.#gateway.mount(await Promise.all(APPS.filter(def => layerOf(def) === layer).map(async def => ({ def, app: await this.#create(def) }))));
    send({
      serving: { apps: APPS.map(({ name, prefix, apis }) => ({ layer: apis[0].layer, name, prefix, versions: apis.map(({ version }) => version) })) },
    });
  }

  async #create(def: AppDefinition): Promise<NestFastifyApplication> {
    const app = await this.createApp(def, { env: process.env });
    this.#running.set(def.name, app);
    return app;
  }
}

const send = (message: FromWorker) => process.send?.(message);
