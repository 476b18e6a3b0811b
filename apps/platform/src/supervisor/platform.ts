import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EmbeddedPostgres } from '#persistence/embedded-postgres';
import type { SandboxesReady } from '../../../sandbox/src/main.js';
import { appEnvironment, inForce } from '../app-environment.js';
import { prefixOf, readyDatabases } from '../database/databases.js';
import type { DataFolder } from '../data-folder.js';
import { type AppAddress, type Endpoints, endpointsOf } from '../endpoints.js';
import type { IssuerReady } from '../issuer/main.js';
import type { PlatformSettings } from '../settings.js';
import type { FromWorker, ToWorker } from '../worker/worker.js';
import { Child, pauseAfter } from './child.js';

export interface PlatformEvents {
  /** Called when a part is up, with its name and details. */
  onPart: (name: string, detail: string) => void;
  /** Called when a part died and is restarted. */
  onRestart: (why: string) => void;
  /** Called when a part can't be kept alive; the platform is useless without it. */
  onHopeless: (why: string) => void;
}

const HOST = '127.0.0.1';
const DIST = join(import.meta.dirname, '../../../..');

/**
 * Runs everything of `npm start` and restarts each part when it dies: Postgres, the issuer, the
 * sandboxes, the apps.
 */
export class Platform {
  readonly #sandboxes: Child;
  readonly #issuer: Child;
  readonly #worker: Child;
  /** Answers instead of the worker while that is restarted. */
  readonly #standIn: Child;
  readonly #postgres: EmbeddedPostgres | undefined;
  #recovery: Promise<void> | undefined;
  #stopping = false;
  #workerLoaded = false;
  #waitingFor: string[] = ['the sample journeys'];
  #start: (ToWorker & { start: unknown }) | undefined;
  readonly #sandboxesReady = Promise.withResolvers<SandboxesReady['ready']>();
  readonly #issuerReady = Promise.withResolvers<IssuerReady['ready']>();
  readonly #serving = Promise.withResolvers<AppAddress[]>();

  constructor(
    private readonly settings: PlatformSettings,
    private readonly data: DataFolder,
    private readonly events: PlatformEvents,
  ) {
    const { onRestart, onHopeless } = events;
    this.#sandboxes = new Child({
      name: 'the sandboxes',
      main: join(DIST, 'apps/sandbox/src/main.js'),
      env: () => ({
        SANDBOX_DIR: data.sandbox,
        SANDBOX_PORT: String(settings.sandboxPort),
        FIRM_SIZE: String(settings.firmSize),
        FIRM_APPROVED_LINES: String(settings.approvedLines),
      }),
      logFile: data.processLog,
      onSpawn: () => this.#noteProcesses(),
      onMessage: (message, child) => {
        child.settled();
        this.#sandboxesReady.resolve((message as SandboxesReady).ready);
      },
      onRestart,
      onHopeless,
    });
    this.#issuer = new Child({
      name: 'the issuer',
      main: join(DIST, 'apps/platform/src/issuer/main.js'),
      env: () => ({ ISSUER_KEYS: data.issuerKeys, ISSUER_PORT: String(settings.issuerPort), CONSOLE_URL: `http://${HOST}:${settings.port}` }),
      logFile: data.processLog,
      onSpawn: () => this.#noteProcesses(),
      onMessage: (message, child) => {
        child.settled();
        this.#issuerReady.resolve((message as IssuerReady).ready);
      },
      onRestart,
      onHopeless,
    });
    this.#standIn = new Child({
      name: "the apps' stand-in",
      main: join(DIST, 'apps/platform/src/worker/stand-in.js'),
      env: () => ({ PORT: String(settings.port) }),
      logFile: data.processLog,
      onMessage: (_, child) => child.settled(),
      // The platform can do without this part.
      onHopeless: onRestart,
    });
    this.#worker = new Child({
      name: 'the apps',
      main: join(DIST, 'apps/platform/src/worker/worker.js'),
      env: () => ({}),
      logFile: data.processLog,
      onSpawn: () => this.#noteProcesses(),
      onMessage: message => this.#heard(message as FromWorker),
      onRestart: why => {
        this.#workerLoaded = false;
        this.#standIn.start();
        onRestart(why);
      },
      onHopeless,
    });
    if (!settings.databaseUrl)
      this.#postgres = new EmbeddedPostgres({ directory: data.postgres, onDeath: () => (this.#recovery = this.#restartPostgres()) });
  }

  /**
   * Resolves with all addresses when every app serves. Call `settled` when the sample journeys have
   * ended.
   */
  async start(): Promise<Endpoints> {
    this.#sandboxes.start();
    this.#issuer.start();
    const database = this.#startPostgres().then(url => this.#readyDatabases(url));
    this.#worker.start();
    const [databases, issuer, sandboxes] = await Promise.all([
      database,
      this.#issuerReady.promise.then(ready => this.#noteIssuer(ready)),
      this.#sandboxesReady.promise.then(ready => this.#noteSandboxes(ready)),
    ]);
    const gatewayUrl = `http://${HOST}:${this.settings.port}`;
    const parts = { gatewayUrl, issuerUrl: issuer.url, secretOf: (clientId: string) => issuer.secrets[clientId] };
    const sample = appEnvironment({
      ...parts,
      databases,
      sandboxes: sandboxes.settings,
      logFile: this.data.log,
      logLevel: this.settings.logLevel,
    });
    const environment = inForce(sample);
    this.data.keepEnvironment(environment);
    this.#start = { start: { environment, port: this.settings.port } };
    await this.#startWorker();
    const apps = await this.#serving.promise;
    this.events.onPart('apps', `${apps.map(app => app.name).join(', ')} at ${gatewayUrl}`);
    const endpoints = endpointsOf({ ...parts, apps, sandboxes: sandboxes.endpoints, control: sandboxes.control });
    await writeFile(this.data.endpoints, JSON.stringify(endpoints, null, 2), { mode: 0o600 });
    return endpoints;
  }

  /** From now on /readyz depends only on the apps. */
  settled(): void {
    this.#waitingFor = [];
    this.#worker.send({ waitingFor: this.#waitingFor } satisfies ToWorker);
  }

  /**
   * Stops all parts, users before the parts that they use. A part that can't be stopped does not
   * keep the others alive.
   */
  async stop(): Promise<void> {
    if (this.#stopping) return;
    this.#stopping = true;
    await Promise.allSettled([this.#worker.stop(), this.#standIn.stop()]);
    await Promise.allSettled([this.#sandboxes.stop(), this.#issuer.stop(), this.#stopPostgres()]);
  }

  /** Stops at once, for somebody who pressed Ctrl-C twice. */
  async kill(): Promise<void> {
    this.#stopping = true;
    for (const child of [this.#worker, this.#standIn, this.#sandboxes, this.#issuer]) child.kill();
    await this.#stopPostgres();
  }

  async #stopPostgres(): Promise<void> {
    await this.#postgres?.stop();
    // A running restart has ended by now, and nothing begins another.
    await this.#recovery;
  }

  async #startPostgres(): Promise<string> {
    if (!this.#postgres) return this.settings.databaseUrl!;
    const { url } = await this.#postgres.start();
    this.#noteProcesses();
    this.events.onPart('postgres', `port ${new URL(url).port}, data in ${this.data.postgres}`);
    return url;
  }

  #readyDatabases(url: string): Promise<Record<string, string>> {
    const prefix = this.settings.databaseRoles ?? (this.#postgres ? 'throughline' : prefixOf(url));
    return readyDatabases({ url, prefix, passwordFile: this.data.passwords });
  }

  #noteProcesses(): void {
    const { pid } = process;
    this.data.noteProcesses({
      supervisor: pid,
      apps: this.#worker?.pid,
      issuer: this.#issuer?.pid,
      sandboxes: this.#sandboxes?.pid,
      postgres: this.#postgres?.pid,
    });
  }

  #noteIssuer(ready: IssuerReady['ready']): IssuerReady['ready'] {
    this.events.onPart('issuer', ready.url);
    return ready;
  }

  #noteSandboxes(ready: SandboxesReady['ready']): SandboxesReady['ready'] {
    this.events.onPart(
      'sandboxes',
      Object.entries(ready.addresses)
        .map(([name, url]) => `${name} :${new URL(url).port}`)
        .join(', '),
    );
    return ready;
  }

  /**
   * Sends the start message once the worker has loaded and its settings are known: an earlier
   * message would wait, and the port with it.
   */
  async #startWorker(): Promise<void> {
    if (!this.#start || !this.#workerLoaded) return;
    await this.#standIn.stop();
    this.#worker.send({ waitingFor: this.#waitingFor } satisfies ToWorker);
    this.#worker.send(this.#start);
  }

  #heard(message: FromWorker): void {
    if ('loaded' in message) {
      this.#workerLoaded = true;
      void this.#startWorker();
    } else if ('serving' in message) {
      this.#worker.settled();
      this.#serving.resolve(message.serving.apps);
    } else if (message.mendable) this.events.onHopeless(message.failed);
    else this.#worker.noteFailure(message.failed);
  }

  /** On the same port, because every process knows the address. */
  async #restartPostgres(): Promise<void> {
    this.events.onRestart('postgres ended');
    for (let failures = 1; !this.#stopping; failures++) {
      try {
        await this.#postgres!.start();
        return this.#noteProcesses();
      } catch (error) {
        if (this.#stopping) return;
        this.events.onRestart(String(error));
        await sleep(pauseAfter(failures));
      }
    }
  }
}
