import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EmbeddedPostgres } from '#persistence/embedded-postgres';
import type { SandboxesReady } from '../../../sandbox/src/main.js';
import { appEnvironment } from '../app-environment.js';
import type { DataFolder } from '../data-folder.js';
import { type Addressed, type Endpoints, endpointsOf } from '../endpoints.js';
import type { Issuer } from '../issuer/issuer.js';
import type { PlatformSettings } from '../settings.js';
import type { FromWorker, ToWorker } from '../worker/worker.js';
import { Child } from './child.js';

export interface PlatformEvents {
  /** A part is up: its name and what to know of it. */
  onPart: (name: string, detail: string) => void;
  /** A part died and is started again. */
  onRestart: (why: string) => void;
  /** A part can't be kept alive; the platform is of no use without it. */
  onHopeless: (why: string) => void;
}

const HOST = '127.0.0.1';
const DIST = join(import.meta.dirname, '../../../..');

/** Everything that `npm start` runs, each part started again when it dies: Postgres, the issuer, the sandboxes, the apps. */
export class Platform {
  readonly #sandboxes: Child;
  readonly #worker: Child;
  readonly #postgres: EmbeddedPostgres | undefined;
  #issuer: Issuer | undefined;
  #stopping = false;
  #waitingFor: string[] = ['the sample journeys'];
  #start: (ToWorker & { start: unknown }) | undefined;
  readonly #sandboxesReady = Promise.withResolvers<SandboxesReady['ready']>();
  readonly #serving = Promise.withResolvers<Addressed[]>();

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
    this.#worker = new Child({
      name: 'the apps',
      main: join(DIST, 'apps/platform/src/worker/worker.js'),
      env: () => ({}),
      logFile: data.processLog,
      onSpawn: () => {
        this.#noteProcesses();
        this.#startWorker();
      },
      onMessage: message => this.#heard(message as FromWorker),
      onRestart,
      onHopeless,
    });
    if (!settings.databaseUrl) this.#postgres = new EmbeddedPostgres({ directory: data.postgres, onDeath: () => void this.#restartPostgres() });
  }

  /** Resolves when every app serves, with where everything is. What waits for the sample journeys is told by `settled`. */
  async start(): Promise<Endpoints> {
    this.#sandboxes.start();
    const database = this.#startPostgres();
    this.#worker.start();
    const issuer = await this.#startIssuer();
    const [databaseUrl, sandboxes] = await Promise.all([database, this.#sandboxesReady.promise.then(ready => this.#noteSandboxes(ready))]);
    const gatewayUrl = `http://${HOST}:${this.settings.port}`;
    const parts = { gatewayUrl, issuerUrl: issuer.url, secretOf: issuer.secretOf };
    const environment = appEnvironment({
      ...parts,
      databaseUrl,
      sandboxes: sandboxes.endpoints,
      logFile: this.data.log,
      logLevel: this.settings.logLevel,
    });
    this.data.keepEnvironment(environment);
    this.#start = { start: { environment, port: this.settings.port } };
    this.#startWorker();
    const apps = await this.#serving.promise;
    this.events.onPart('apps', `${apps.map(app => app.name).join(', ')} at ${gatewayUrl}`);
    const endpoints = endpointsOf({ ...parts, apps, sandboxes: sandboxes.endpoints, control: sandboxes.control });
    await writeFile(this.data.endpoints, JSON.stringify(endpoints, null, 2), { mode: 0o600 });
    return endpoints;
  }

  /** From here on /readyz asks the apps alone. */
  settled(): void {
    this.#waitingFor = [];
    this.#worker.send({ waitingFor: this.#waitingFor } satisfies ToWorker);
  }

  /** Stops everything that was started, users before what they use. */
  async stop(): Promise<void> {
    if (this.#stopping) return;
    this.#stopping = true;
    await this.#worker.stop();
    await Promise.all([this.#sandboxes.stop(), this.#issuer?.close(), this.#postgres?.stop()]);
  }

  /** At once, for somebody who pressed Ctrl-C twice. */
  async kill(): Promise<void> {
    this.#stopping = true;
    this.#worker.kill();
    this.#sandboxes.kill();
    await this.#postgres?.stop();
  }

  async #startPostgres(): Promise<string> {
    if (!this.#postgres) return this.settings.databaseUrl!;
    const { url } = await this.#postgres.start();
    this.#noteProcesses();
    this.events.onPart('postgres', `port ${new URL(url).port}, data in ${this.data.postgres}`);
    return url;
  }

  async #startIssuer(): Promise<Issuer> {
    const [{ startIssuer }, { keptIssuerKeys }] = await Promise.all([import('../issuer/issuer.js'), import('../issuer/issuer-keys.js')]);
    const keys = await keptIssuerKeys(this.data.issuerKeys);
    this.#issuer = await startIssuer({ keys, port: this.settings.issuerPort, consoleUrl: `http://${HOST}:${this.settings.port}` });
    this.events.onPart('issuer', this.#issuer.url);
    return this.#issuer;
  }

  #noteProcesses(): void {
    const { pid } = process;
    this.data.noteProcesses({ supervisor: pid, apps: this.#worker?.pid, sandboxes: this.#sandboxes?.pid, postgres: this.#postgres?.pid });
  }

  #noteSandboxes(ready: SandboxesReady['ready']): SandboxesReady['ready'] {
    const { salesforce, kantata, workday, netsuite } = ready.endpoints;
    const ports = Object.entries({ Salesforce: salesforce.loginUrl, Kantata: kantata.baseUrl, Workday: workday.wsdl, NetSuite: netsuite.baseUrl });
    this.events.onPart('sandboxes', ports.map(([name, url]) => `${name} :${new URL(url).port}`).join(', '));
    return ready;
  }

  #startWorker(): void {
    if (!this.#start) return;
    this.#worker.send({ waitingFor: this.#waitingFor } satisfies ToWorker);
    this.#worker.send(this.#start);
  }

  #heard(message: FromWorker): void {
    if ('serving' in message) {
      this.#worker.settled();
      this.#serving.resolve(message.serving.apps);
    } else if (message.mendable) this.events.onHopeless(message.failed);
    else this.#worker.noteFailure(message.failed);
  }

  /** On the same port, since every process has the address. */
  async #restartPostgres(): Promise<void> {
    if (this.#stopping) return;
    this.events.onRestart('postgres ended');
    for (let attempt = 1; !this.#stopping; attempt++) {
      try {
        await this.#postgres!.start();
        return this.#noteProcesses();
      } catch (error) {
        if (attempt === 5) return this.events.onHopeless(`postgres can't be started again: ${String(error)}`);
        await sleep(500);
      }
    }
  }
}
