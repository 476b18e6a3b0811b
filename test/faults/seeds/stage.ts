import { cpSync, mkdirSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { appEnvironment } from '../../../apps/platform/src/app-environment.js';
import { makeIssuerKeys } from '../../../apps/platform/src/issuer/issuer-keys.js';
import { type Issuer, startIssuer } from '../../../apps/platform/src/issuer/issuer.js';
import { createFirm } from '../../../apps/sandbox/src/firm/create-firm.js';
import type { SandboxChoices } from '../../../apps/sandbox/src/sandboxes.js';
import { sampleMappings } from '../../../apps/platform/src/sample/sample-mappings.js';
import { portsInARow } from '../../../libs/testing/src/ports-in-a-row.js';
import { databaseEnvironment, installedIn, makeTestRoles } from '../../../libs/testing/src/test-roles.js';
import { Cluster } from './cluster.js';
import { Finance } from '../../house/finance.js';
import { Sales } from '../../house/sales.js';
import { CAPPED } from './load-plan.js';
import { SandboxProcess } from './sandbox-process.js';
import { SpareProcesses } from './spare-processes.js';
import { cappedProject, notAtRest, set, win, withoutOneRate } from './template.js';
import { patiently, until } from './waiting.js';
import { WorkerProcess } from './worker-process.js';

const DIST = join(import.meta.dirname, '../../..');
const TEMPLATE = 'house_template';
const FIRM = { size: 60, seed: 1 };
/** Workers at most, and the sandboxes with their control port. */
const [WORKERS, SANDBOX_PORTS] = [2, 5];

/** A worker that stands still is told of, instead of waited for. */
const ANSWERS_WITHIN_MS = 10_000;

/**
 * Waits that a seed can afford. A request of ours ends within 1.2 s or is cut; what was lost commits within 0.4 s (see schedule.ts), so that
 * 1 s is a true settling time. Beside waits there is finance's choice that a closed period holds a line, and that the account takes what is
 * below zero: refunds, and lines that take billed ones back.
 */
export const SHORT_WAITS: Record<string, string> = {
  FLOW_LEASE_MS: '1500',
  FLOW_DRAIN_MS: '500',
  KANTATA_SETTLING_MS: '1000',
  NETSUITE_SETTLING_MS: '1000',
  KANTATA_LEASE_MS: '1500',
  NETSUITE_LEASE_MS: '1500',
  KANTATA_TIMEOUT_MS: '1200',
  NETSUITE_TIMEOUT_MS: '1200',
  CRM_POLL_MS: '500',
  PSA_POLL_MS: '150',
  HCM_POLL_MS: '500',
  ERP_POLL_MS: '300',
  PSA_OVERLAP_MS: '5000',
  PSA_READER_LEASE_MS: '1500',
  ERP_OVERLAP_MS: '5000',
  TIME_TO_BILLING_GRACE_MS: '600',
  TIME_TO_BILLING_LEASE_MS: '1500',
  TIME_TO_BILLING_LINGER_MS: '60',
  TIME_TO_BILLING_STATUS_BACK_MS: '200',
  RATE_LIMIT_PER_MINUTE: '1000000',
  TIME_TO_BILLING_CLOSED_PERIOD: 'hold',
  NETSUITE_REVERSING_LINES: 'true',
  LOG_LEVEL: 'warn',
};

export interface SceneOptions {
  workers: 1 | 2;
  /** Over SHORT_WAITS. */
  environment?: Record<string, string>;
  choices?: SandboxChoices;
  latencyMs?: number;
}

/** One run's platform: a database, the vendors' stand-ins and workers that nobody else has seen. */
export interface Scene {
  name: string;
  directory: string;
  databaseUrl: string;
  sandboxes: SandboxProcess;
  workers: WorkerProcess[];
  cluster: Cluster;
  rest<T>(method: string, path: string, o?: { body?: unknown }): Promise<{ status: number; body: T }>;
  /** `keep`: leaves the log files. */
  close(o?: { keep?: boolean }): Promise<void>;
}

export interface StageOptions {
  /** The program of the workers, if not the platform's own. */
  worker?: { main: string; args: string[] };
  /** Run on the database that all seeds' are copied from. */
  statements?: string[];
}

/**
 * Where seeds run, one after the other. A seed starts from a copy of one house at rest: a database cloned from a template, a copied folder of
 * the sandboxes, and processes of its own. That keeps seeds independent (a seed alone is the same as one of five hundred) and costs some
 * 100 ms for the copies; what is slow about a start, loading modules and reading every feed for the first time, is done before: by spare
 * processes, and by the template. Only the Postgres server, the issuer and the ports outlive a seed.
 */
export class Stage {
  #issuer: Issuer | undefined;
  #cluster: Cluster | undefined;
  #ports: number[] = [];
  #sandboxPort = 0;
  #scenes = 0;
  #token: { value: string; until: number } | undefined;
  readonly #workers: SpareProcesses;
  readonly #sandboxes: SpareProcesses;
  readonly #template: string;

  private constructor(
    readonly directory: string,
    private readonly options: StageOptions,
  ) {
    const { worker } = options;
    const log = openSync(join(directory, 'processes.log'), 'a');
    this.#workers = new SpareProcesses(worker?.main ?? join(DIST, 'apps/platform/src/worker/worker.js'), log, worker?.args);
    this.#sandboxes = new SpareProcesses(join(import.meta.dirname, 'sandbox-main.js'), log);
    this.#template = join(directory, 'template');
  }

  static async open(options: StageOptions = {}): Promise<Stage> {
    const stage = new Stage(mkdtempSync(join(tmpdir(), 'throughline-faults-')), options);
    try {
      await stage.#build();
    } catch (error) {
      await stage.close();
      throw error;
    }
    return stage;
  }

  /** A fresh copy of the house, with its workers serving. */
  async scene(options: SceneOptions): Promise<Scene> {
    const name = `seed_${++this.#scenes}`;
    const directory = join(this.directory, name);
    const copying = this.#cluster!.create(name, TEMPLATE);
    cpSync(this.#template, join(directory, 'sandbox'), { recursive: true });
    const sandboxes = await this.#startSandboxes(join(directory, 'sandbox'), options);
    await copying;
    const scene = this.#scene(name, directory, sandboxes, options);
    await Promise.all(scene.workers.map(worker => worker.start()));
    return scene;
  }

  /** `keep`: leaves the logs. */
  async close({ keep = false }: { keep?: boolean } = {}): Promise<void> {
    await Promise.all([this.#workers.close(), this.#sandboxes.close()]);
    await this.#cluster?.close();
    await this.#issuer?.close();
    const kept = keep ? ['postgres', 'template'].map(name => join(this.directory, name)) : [this.directory];
    for (const path of kept) rmSync(path, { recursive: true, force: true });
    if (keep) console.log(`logs are in ${this.directory}`);
  }

  async #build(): Promise<void> {
    this.#workers.prepare();
    this.#sandboxes.prepare();
    this.#issuer = await startIssuer({ keys: await makeIssuerKeys(), port: 0 });
    this.#cluster = await Cluster.open(this.directory);
    const port = await portsInARow(WORKERS + SANDBOX_PORTS);
    this.#ports = [port, port + 1];
    this.#sandboxPort = port + WORKERS;
    await this.#makeTemplate();
  }

  /** A house that has read every feed, knows the firm's mappings, and has nothing under way. */
  async #makeTemplate(): Promise<void> {
    await this.#cluster!.create(TEMPLATE);
    await makeTestRoles(this.#cluster!.urlOf(TEMPLATE));
    await installedIn(this.#cluster!.urlOf(TEMPLATE));
    const sandboxes = await this.#startSandboxes(this.#template, {});
    const house = this.#scene(TEMPLATE, join(this.directory, 'making'), sandboxes, { workers: 1 });
    try {
      await withoutOneRate(sandboxes.endpoints.salesforce);
      await new Finance(sandboxes.endpoints.netsuite).setNotToExceed(cappedProject, CAPPED.notToExceed);
      await house.workers[0].start();
      await Promise.all(sampleMappings(createFirm()).map(mapping => set(house, mapping)));
      const why = await until(() => notAtRest(house.databaseUrl), 90_000);
      if (why) throw new Error(`the house did not come to rest: ${why}`);
      await win(house, await Sales.logIn(sandboxes.endpoints.salesforce));
    } finally {
      await house.workers[0].stop('SIGTERM');
      await sandboxes.stop('SIGTERM');
    }
    for (const statement of this.options.statements ?? []) await this.#cluster!.run(TEMPLATE, statement);
  }

  #startSandboxes(directory: string, { choices, latencyMs }: Pick<SceneOptions, 'choices' | 'latencyMs'>): Promise<SandboxProcess> {
    return SandboxProcess.start(this.#sandboxes, { directory, port: this.#sandboxPort, firm: FIRM, choices, latencyMs });
  }

  #scene(name: string, directory: string, sandboxes: SandboxProcess, options: SceneOptions): Scene {
    mkdirSync(directory, { recursive: true });
    const [cluster, issuer] = [this.#cluster!, this.#issuer!];
    const databaseUrl = cluster.urlOf(name);
    const workers = this.#ports.slice(0, options.workers).map((port, index) => {
      const env = appEnvironment({
        databases: databaseEnvironment(databaseUrl),
        gatewayUrl: `http://127.0.0.1:${port}`,
        issuerUrl: issuer.url,
        secretOf: id => issuer.secretOf(id),
        sandboxes: sandboxes.settings,
        logFile: join(directory, `worker-${index + 1}.log`),
        logLevel: 'warn',
      });
      return new WorkerProcess(this.#workers, port, { ...env, ...SHORT_WAITS, ...options.environment });
    });
    return {
      name,
      directory,
      databaseUrl,
      sandboxes,
      workers,
      cluster,
      rest: (method, path, o) => this.#rest(workers, method, path, o?.body),
      close: async ({ keep = false } = {}) => {
        await Promise.all([...workers.map(worker => worker.stop()), sandboxes.stop()]);
        await cluster.recovered();
        await cluster.drop(name);
        rmSync(keep ? join(directory, 'sandbox') : directory, { recursive: true, force: true });
      },
    };
  }

  async #rest<T>(workers: WorkerProcess[], method: string, path: string, body: unknown): Promise<{ status: number; body: T }> {
    const headers = { authorization: `Bearer ${await this.#bearer()}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) };
    const { url } = workers.find(worker => worker.alive) ?? workers[0];
    const answer = await fetch(url + path, {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(ANSWERS_WITHIN_MS),
    }).catch((error: unknown) => {
      throw new Error(`${method} ${url}${path} is not answered: ${String(error)}`, { cause: error });
    });
    const text = await answer.text();
    return { status: answer.status, body: (text ? JSON.parse(text) : undefined) as T };
  }

  async #bearer(): Promise<string> {
    if (this.#token && this.#token.until > Date.now()) return this.#token.value;
    const id = 'person-integration';
    const issuer = this.#issuer!;
    const { access_token } = await patiently(async () => {
      const answer = await fetch(`${issuer.url}/token`, {
        method: 'POST',
        headers: { authorization: `Basic ${Buffer.from(`${id}:${issuer.secretOf(id)}`).toString('base64')}` },
        body: new URLSearchParams({ grant_type: 'client_credentials', resource: 'urn:throughline' }),
      });
      return (await answer.json()) as { access_token: string };
    });
    this.#token = { value: access_token, until: Date.now() + 600_000 };
    return access_token;
  }
}
