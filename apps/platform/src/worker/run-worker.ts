import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { LAYERS } from '#apis';
import { type AppDefinition, SettingsError } from '#service';
import { APPS } from '../apps.js';
import type { PlatformEnvironment } from '../data-folder.js';
import { Gateway } from './gateway.js';

/** What the supervisor tells the worker: start with these settings; what the platform still waits for. */
export type ToWorker = { start: { environment: PlatformEnvironment; port: number } } | { waitingFor: string[] };

/**
 * What the worker tells the supervisor: it is there and can be told to start; every app serves; or why it can't, and whether that is
 * for a person to mend (settings).
 */
export type FromWorker =
  | { loaded: true }
  | { serving: { apps: { layer: string; name: string; prefix: string; versions: readonly string[] }[] } }
  | { failed: string; mendable: boolean };

/** Builds an app; the platform's own way, or a test's, with another provider in it. */
export type CreateApp = (def: AppDefinition, o: { env: NodeJS.ProcessEnv }) => Promise<NestFastifyApplication>;

/** All apps in one process, behind one port. Its modules load while Postgres and the sandboxes start. */
export function runWorker(createApp: CreateApp): void {
  const worker = new Worker(createApp);
  process.on('message', (message: ToWorker) => worker.hear(message));
  process.once('SIGTERM', () => void worker.stop());
  // Ctrl-C reaches every process of the terminal; the supervisor decides when this one's work is done.
  process.on('SIGINT', () => undefined);
  // Without the supervisor there is nobody to start Postgres again or to stop us.
  process.once('disconnect', () => process.exit(1));
  tell({ loaded: true });
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
        tell({ failed: mendable ? error.message : String(error instanceof Error ? (error.stack ?? error) : error), mendable });
        process.exit(1);
      });
  }

  /** Callers before whom they call: a flow may finish its step while the system apps and the gateway still answer. */
  async stop(): Promise<void> {
    for (const layer of LAYERS.toReversed()) {
      if (layer === 'system') await this.#gateway.close();
      await Promise.all(APPS.filter(def => def.layer === layer).map(async def => this.#running.get(def.name)?.close()));
    }
    process.exit(0);
  }

  async #start({ environment, port }: { environment: PlatformEnvironment; port: number }): Promise<void> {
    Object.assign(process.env, environment);
    await this.#gateway.listen(port, process.env.HOST ?? '127.0.0.1');
    // Whom they call before callers, so that nobody begins with calls that can't be answered yet.
    for (const layer of LAYERS)
      this.#gateway.mount(await Promise.all(APPS.filter(def => def.layer === layer).map(async def => ({ def, app: await this.#create(def) }))));
    tell({ serving: { apps: APPS.map(({ layer, name, prefix, versions }) => ({ layer, name, prefix, versions })) } });
  }

  async #create(def: AppDefinition): Promise<NestFastifyApplication> {
    const app = await this.createApp(def, { env: process.env });
    this.#running.set(def.name, app);
    return app;
  }
}

const tell = (message: FromWorker) => process.send?.(message);
