import type { ChildProcess } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import {
  installedIn,
  built,
  eventually,
  sandboxProcess,
  SandboxControl,
  testDatabase,
  testIssuer,
  type SandboxProcess,
  type SandboxProcessOptions,
  type TestDatabase,
  type TestIssuer,
  type TokenRequest,
  refuseUndocumentedAnswers,
} from '#testing';
import { appEnvironment } from '../../apps/platform/src/app-environment.js';
import { createFirm } from '../../apps/sandbox/src/firm/create-firm.js';
import type { Firm } from '../../apps/sandbox/src/firm/firm.js';
import type { LedgerRow } from '../../apps/sandbox/src/kit/index.js';
import { alive, ended, SpareProcesses } from '../faults/seeds/spare-processes.js';
import { Delivery } from './delivery.js';
import { Finance } from './finance.js';
import { Sales } from './sales.js';
import { seedMappings } from './sample-mappings.js';

/** A process with all apps behind one port, as `npm start` runs them; it can be killed, frozen and started again. */
export class Worker {
  #child: ChildProcess | undefined;

  constructor(
    private readonly spares: SpareProcesses,
    readonly port: number,
    private readonly environment: Record<string, string>,
  ) {}

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get log(): string {
    return this.environment.LOG_FILE;
  }

  get pid(): number {
    return this.#child!.pid!;
  }

  get alive(): boolean {
    return this.#child !== undefined && alive(this.#child);
  }

  async start(): Promise<void> {
    const child = this.spares.take();
    this.#child = child;
    const serving = new Promise<void>((resolve, reject) => {
      child.on('message', (message: { serving?: unknown; failed?: string }) =>
        message.failed ? reject(new Error(message.failed)) : message.serving ? resolve() : undefined,
      );
      child.once('exit', code => reject(new Error(`the worker ended with ${code} before it served`)));
    });
    child.send({ start: { environment: this.environment, port: this.port } });
    await serving;
    child.send({ waitingFor: [] });
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    if (this.#child) await ended(this.#child, signal);
  }

  signal(signal: NodeJS.Signals): void {
    this.#child!.kill(signal);
  }
}

export interface HouseOptions {
  workers?: number;
  /** Over the defaults, which make waits short. */
  environment?: Record<string, string> | ((endpoints: SandboxProcess['endpoints']) => Promise<Record<string, string>>);
  size?: number;
  /** Which vendors have a stand-in here; all of them if not said. */
  vendors?: SandboxProcessOptions['vendors'];
  /** The program that is the workers, in the compiled tree; the platform's own if not said. */
  worker?: string;
  /** Of every call to a vendor, or by vendor. */
  latencyMs?: SandboxProcessOptions['latencyMs'];
  /** What is left open about the vendors, by vendor. */
  choices?: SandboxProcessOptions['choices'];
}

/** Waits that a test can afford: vendors that answer within a second or never, and a late commit of at most two. */
const SHORT_WAITS = {
  FLOW_LEASE_MS: '2000',
  FLOW_PATIENCE_MS: '120000',
  FLOW_DRAIN_MS: '1000',
  KANTATA_SETTLING_MS: '3000',
  NETSUITE_SETTLING_MS: '3000',
  KANTATA_LEASE_MS: '5000',
  NETSUITE_LEASE_MS: '5000',
  CRM_POLL_MS: '300',
  PSA_POLL_MS: '1000',
  ERP_POLL_MS: '1000',
  HCM_POLL_MS: '1000',
  TIME_TO_BILLING_GRACE_MS: '3000',
  TIME_TO_BILLING_STATUS_BACK_MS: '500',
  RATE_LIMIT_PER_MINUTE: '1000000',
  LOG_LEVEL: 'error',
  ANSWER_CHECK_SAMPLE: '1',
};

/** The whole platform for a test: database, sandboxes and issuer of its own, and one or more workers. */
export class House {
  /** What the finance department does. */
  readonly finance: Finance;
  #delivery: Promise<Delivery> | undefined;

  private constructor(
    readonly database: TestDatabase,
    readonly sandboxes: SandboxProcess,
    readonly issuer: TestIssuer,
    readonly workers: Worker[],
    readonly sales: Sales,
    readonly firm: Firm,
    private readonly spares: SpareProcesses,
  ) {
    this.finance = new Finance(sandboxes.endpoints.netsuite);
  }

  static async open({ workers: count = 1, environment = {}, size, latencyMs, choices, vendors, worker: program }: HouseOptions = {}): Promise<House> {
    const dist = await built();
    const spares = new SpareProcesses(join(dist, program ?? 'apps/platform/src/worker/worker.js'), process.stderr.fd);
    // Its modules load while the others are started.
    spares.prepare();
    const [database, sandboxes, issuer] = await Promise.all([testDatabase(), sandboxProcess({ size, latencyMs, choices, vendors }), testIssuer()]);
    const more = typeof environment === 'function' ? await environment(sandboxes.endpoints) : environment;
    const databases = await installedIn(database.url);
    const workers: Worker[] = [];
    for (let n = 0; n < count; n++) {
      const port = await freePort();
      const env = appEnvironment({
        databases,
        gatewayUrl: `http://127.0.0.1:${port}`,
        issuerUrl: issuer.url,
        secretOf: id => issuer.credentialsOf(id).clientSecret,
        sandboxes: sandboxes.settings,
        logFile: join(mkdtempSync(join(tmpdir(), 'throughline-log-')), 'apps.log'),
        logLevel: 'error',
      });
      workers.push(new Worker(spares, port, { ...env, ...SHORT_WAITS, ...more }));
    }
    for (const worker of workers) await worker.start();
    const firm = createFirm({ size });
    const house = new House(database, sandboxes, issuer, workers, await Sales.logIn(sandboxes.endpoints.salesforce), firm, spares);
    await seedMappings(house, firm);
    await eventually(
      async () => {
        // The first read of each feed is done: what is won from now on is news.
        const feeds = await house.sql<{ feed: string; loaded: boolean; error: string | null }>(
          `select system || ' ' || name feed, loaded, last_error error from capture.feed`,
        );
        const reading = feeds.filter(({ loaded }) => !loaded).map(({ feed, error }) => (error ? `${feed} (${error})` : feed));
        if (feeds.length < 5 || reading.length > 0) throw new Error(`feeds are still reading for the first time: ${reading.join(', ')}`);
        return true;
      },
      { withinMs: 150_000 },
    );
    return house;
  }

  get url(): string {
    return this.workers.find(worker => worker.alive)!.url;
  }

  /** What consultants and their managers do; logs in when first asked for. */
  delivery(): Promise<Delivery> {
    this.#delivery ??= Delivery.logIn(this.sandboxes.endpoints.kantata, this.firm, work => this.#unread(work));
    return this.#delivery;
  }

  /** Has a process ready that the next start of a worker takes. */
  expectRestart(): void {
    this.spares.prepare();
  }

  /** With the feed of time paused meanwhile. */
  async #unread<T>(work: () => Promise<T>): Promise<T> {
    const pause = async (paused: boolean) => {
      const { status, body } = await this.rest('PUT', '/system/psa/v1/feeds/time-entries', { body: { paused } });
      if (status !== 200) throw new Error(`the feed of time was not ${paused ? 'paused' : 'resumed'}: ${status} ${JSON.stringify(body)}`);
    };
    await pause(true);
    try {
      return await work();
    } finally {
      await pause(false);
    }
  }

  get control(): SandboxControl {
    return this.sandboxes.control;
  }

  async sql<T extends object>(text: string, values: unknown[] = []): Promise<T[]> {
    return this.database.dataSource.query<T[]>(text, values);
  }

  /** A connection of the test's own, for locks that must be held. */
  async connection(): Promise<Client> {
    const client = new Client({ connectionString: this.database.url });
    await client.connect();
    return client;
  }

  async rest<T>(
    method: string,
    path: string,
    o: { as?: TokenRequest; body?: unknown; headers?: Record<string, string> } = {},
  ): Promise<{ status: number; body: T; headers: Headers }> {
    const { authorization } = await this.issuer.bearer(o.as ?? { client: 'operations' });
    const answer = await fetch(this.url + path, {
      method,
      headers: { authorization, ...(o.body === undefined ? {} : { 'content-type': 'application/json' }), ...o.headers },
      body: o.body === undefined ? undefined : JSON.stringify(o.body),
    });
    const text = await answer.text();
    return { status: answer.status, body: (text ? JSON.parse(text) : undefined) as T, headers: answer.headers };
  }

  async graphql<T>(
    query: string,
    variables: object = {},
    as: TokenRequest = { client: 'operations' },
  ): Promise<{ data: T; errors?: { message: string; extensions: Record<string, unknown> }[] }> {
    const { body } = await this.rest<{ data: T; errors?: { message: string; extensions: Record<string, unknown> }[] }>('POST', '/graphql', {
      as,
      body: { query, variables },
    });
    return body;
  }

  ledger(vendor: 'salesforce' | 'kantata' | 'workday' | 'netsuite', after = 0): Promise<LedgerRow[]> {
    return this.control.ledger(vendor, after);
  }

  /** Waits until no lane has anything under way. */
  async quiet(withinMs = 60_000): Promise<void> {
    await eventually(
      async () => {
        const [{ open }] = await this.sql<{ open: string }>(`select count(*) open from flow.turn where state in ('queued', 'parked')
        and not exists (select 1 from flow.turn f where f.subscription = turn.subscription and f.key = turn.key and f.state = 'failed')`);
        if (Number(open) > 0) throw new Error(`${open} turns are under way`);
        return true;
      },
      { withinMs },
    );
  }

  /** Throws when an answer of an app differed from its document. */
  async close(): Promise<void> {
    await this.spares.close();
    for (const worker of this.workers) await worker.kill('SIGTERM');
    await this.sandboxes.close();
    await this.issuer.close();
    await this.database.close();
    await refuseUndocumentedAnswers(...this.workers.map(({ log }) => log));
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise(resolve => server.close(resolve));
  return port;
}
