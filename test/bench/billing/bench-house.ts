import { mkdirSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { dataSourceFor } from '#persistence';
import { appEnvironment } from '../../../apps/platform/src/app-environment.js';
import { makeIssuerKeys } from '../../../apps/platform/src/issuer/issuer-keys.js';
import { type Issuer, startIssuer } from '../../../apps/platform/src/issuer/issuer.js';
import { tryPort } from '../../../apps/platform/src/ports.js';
import { mappingPath, type SampleMapping, sampleMappings } from '../../../apps/platform/src/sample/sample-mappings.js';
import { createFirm } from '../../../apps/sandbox/src/firm/create-firm.js';
import type { Firm } from '../../../apps/sandbox/src/firm/firm.js';
import { databaseEnvironment, installedIn, makeTestRoles } from '../../../libs/testing/src/test-roles.js';
import { Cluster } from '../../faults/seeds/cluster.js';
import { SandboxProcess } from '../../faults/seeds/sandbox-process.js';
import { SpareProcesses } from '../../faults/seeds/spare-processes.js';
import { patiently, until } from '../../faults/seeds/waiting.js';
import { WorkerProcess } from '../../faults/seeds/worker-process.js';
import { type Cores, cpuSeconds, peakMb, pin, postgresProcesses, postgresSeconds } from './processes.js';

const DIST = join(import.meta.dirname, '../../..');

export interface BenchFirm {
  consultants: number;
  lines: number;
}

/** The ERP as the bench has it: calls at once, ms a call, asynchronous processors and ms a record. */
export interface Erp {
  concurrency: number;
  latencyMs: number;
  processors: number;
  msPerRecord: number;
}

export interface Usage {
  at: number;
  cpu: { platform: number; postgres: number; sandboxes: number };
  commits: number;
  wal: number;
  calls: Record<string, Record<string, number>>;
}

/** Feeds that are asked for seldom: the bench measures lines, not polling. */
const ENVIRONMENT = {
  CRM_POLL_MS: '60000',
  HCM_POLL_MS: '60000',
  ERP_POLL_MS: '60000',
  ERP_REFERENCE_POLL_MS: '600000',
  PSA_POLL_MS: '500',
  RATE_LIMIT_PER_MINUTE: '10000000',
  RATE_LIMIT_PER_MINUTE_SERVICES: '10000000',
  LOG_LEVEL: 'error',
};

/**
 * The platform as `npm start` runs it (one process of apps, Postgres with its durability on) beside stand-ins of the vendors, with the PSA's
 * feeds of time and expenses paused until the rest of the firm is known: what is measured is lines.
 */
export class BenchHouse {
  readonly firm: Firm;
  #cluster!: Cluster;
  #issuer!: Issuer;
  #sandboxes!: SandboxProcess;
  #worker!: WorkerProcess;
  #client!: Client;
  #spares!: { worker: SpareProcesses; sandboxes: SpareProcesses };
  #token = '';

  private constructor(
    private readonly directory: string,
    private readonly size: BenchFirm,
    private readonly erp: Erp,
    private readonly cores: Cores | undefined,
  ) {
    this.firm = createFirm({ size: size.consultants, approvedLines: size.lines });
  }

  static async open(size: BenchFirm, erp: Erp, cores: Cores | undefined, say: (what: string) => void): Promise<BenchHouse> {
    const house = new BenchHouse(mkdtempSync(join(tmpdir(), 'throughline-bench-')), size, erp, cores);
    try {
      await house.#start(say);
    } catch (error) {
      await house.close();
      throw error;
    }
    return house;
  }

  get databaseUrl(): string {
    return this.#cluster.urlOf('bench');
  }

  get endpoints(): SandboxProcess['endpoints'] {
    return this.#sandboxes.endpoints;
  }

  get control(): SandboxProcess['control'] {
    return this.#sandboxes.control;
  }

  async sql<T extends object>(text: string, values: unknown[] = []): Promise<T[]> {
    return (await this.#client.query<T>(text, values)).rows;
  }

  async rest<T>(method: string, path: string, body?: object): Promise<T> {
    const answer = await fetch(this.#worker.url + path, {
      method,
      headers: { authorization: `Bearer ${await this.#bearer()}`, ...(body ? { 'content-type': 'application/json' } : {}) },
      body: body && JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text.slice(0, 300)}`);
    return JSON.parse(text || '{}') as T;
  }

  /** Lets time and expenses be read, or stops that. */
  async readTime(reading: boolean): Promise<void> {
    this.#token = '';
    for (const feed of ['time-entries', 'expenses']) await this.rest('PUT', `/system/psa/v1/feeds/${feed}`, { paused: !reading });
  }

  async setErp(settings: Partial<Pick<Erp, 'processors' | 'msPerRecord'>>): Promise<void> {
    await this.control.changeSettings('netsuite', settings);
  }

  /** Another database on the same server; answers its URL. */
  async another(name: string): Promise<string> {
    await this.#create(name);
    return this.#cluster.urlOf(name);
  }

  /** Ends the platform's own process, so that a baseline has the machine to itself. */
  async stopPlatform(): Promise<void> {
    await this.#worker.stop('SIGTERM');
  }

  async usage(): Promise<Usage> {
    const [{ commits, wal }] = await this.sql<{ commits: string; wal: string }>(
      `select xact_commit commits, pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0') wal from pg_stat_database where datname = current_database()`,
    );
    return {
      at: performance.now(),
      cpu: {
        platform: this.#worker.alive ? cpuSeconds(this.#worker.pid) : 0,
        postgres: postgresSeconds(this.#cluster.pid),
        sandboxes: cpuSeconds(this.#sandboxes.pid),
      },
      commits: Number(commits),
      wal: Number(wal),
      calls: await this.control.calls(),
    };
  }

  /** The most memory each process held, in MB; of Postgres its largest process, shared memory included. */
  peaks(): Record<string, number> {
    return {
      platform: this.#worker.alive ? peakMb(this.#worker.pid) : 0,
      'postgres, largest process': Math.max(...postgresProcesses(this.#cluster.pid).map(peakMb)),
      sandboxes: peakMb(this.#sandboxes.pid),
      bench: peakMb(process.pid),
    };
  }

  async close(): Promise<void> {
    await this.#client?.end();
    await this.#worker?.stop();
    await this.#sandboxes?.stop();
    await Promise.all([this.#spares?.worker.close(), this.#spares?.sandboxes.close()]);
    await this.#cluster?.close();
    await this.#issuer?.close();
    rmSync(this.directory, { recursive: true, force: true });
  }

  async #start(say: (what: string) => void): Promise<void> {
    const log = openSync(join(this.directory, 'processes.log'), 'a');
    this.#spares = {
      worker: new SpareProcesses(join(DIST, 'apps/platform/src/worker/worker.js'), log),
      sandboxes: new SpareProcesses(join(DIST, 'test/faults/seeds/sandbox-main.js'), log),
    };
    say(`a firm of ${this.size.consultants} with ${this.size.lines} approved lines is made`);
    this.#issuer = await startIssuer({ keys: await makeIssuerKeys(), port: 0 });
    this.#cluster = await Cluster.open(this.directory, { durable: true });
    await this.#create('bench');
    pin(this.#cluster.pid, this.cores?.platform);
    const { concurrency, latencyMs, processors, msPerRecord } = this.erp;
    this.#sandboxes = await SandboxProcess.start(this.#spares.sandboxes, {
      directory: join(this.directory, 'sandbox'),
      firm: { size: this.size.consultants, approvedLines: this.size.lines },
      choices: { netsuite: { concurrency, processors, msPerRecord } },
      latencyMs: { netsuite: latencyMs },
    });
    pin(this.#sandboxes.pid, this.cores?.vendors);
    pin(process.pid, this.cores?.vendors);
    await this.#pauseTime();
    await this.#startWorker();
    say('the platform reads the firm');
    const setMapping = (mapping: SampleMapping) =>
      this.rest('PUT', `/process/project-initiation/v1/${mappingPath(mapping)}`, { target: mapping.target, reason: 'set up' });
    await Promise.all(sampleMappings(this.firm).map(setMapping));
    const why = await until(() => this.#notRead(), 600_000, 500);
    if (why) throw new Error(`the firm was not read: ${why}`);
  }

  async #create(name: string): Promise<void> {
    await this.#cluster.create(name);
    await makeTestRoles(this.#cluster.urlOf(name));
    await installedIn(this.#cluster.urlOf(name));
  }

  /** Before anything runs: migrations of other rooms find these done. */
  async #pauseTime(): Promise<void> {
    const dataSource = await dataSourceFor({ name: 'bench', migrations: [], poolSize: 3 }, this.databaseUrl).initialize();
    await dataSource.query(
      `insert into capture.feed(system, name, noun, every_ms, sweep_every_ms, next_sweep_at, paused)
       select 'psa', name, noun, 500, 900000, clock_timestamp() + interval '1 day', true from (values ('time-entries', 'time-entry'), ('expenses', 'expense')) f(name, noun)`,
    );
    await dataSource.destroy();
  }

  async #startWorker(): Promise<void> {
    mkdirSync(join(this.directory, 'logs'), { recursive: true });
    const port = (await tryPort(0))!;
    const environment = appEnvironment({
      databases: databaseEnvironment(this.databaseUrl),
      gatewayUrl: `http://127.0.0.1:${port}`,
      issuerUrl: this.#issuer.url,
      secretOf: id => this.#issuer.secretOf(id),
      sandboxes: this.#sandboxes.settings,
      logFile: join(this.directory, 'logs', 'apps.log'),
      logLevel: 'error',
    });
    this.#worker = new WorkerProcess(this.#spares.worker, port, { ...environment, ...ENVIRONMENT });
    await this.#worker.start();
    // The next one in store would only take memory.
    await this.#spares.worker.close();
    pin(this.#worker.pid, this.cores?.platform);
    this.#client = new Client({ connectionString: this.databaseUrl });
    await this.#client.connect();
  }

  async #notRead(): Promise<string | undefined> {
    const feeds = await this.sql<{ name: string }>(`select system || ' ' || name as name from capture.feed where not loaded and not paused`);
    if (feeds.length > 0) return feeds.map(({ name }) => name).join(', ');
    const behind = await this.sql<{ name: string }>(
      `select s.name from events.subscription s where exists (
         select 1 from events.event e where (e.xid, e.pos) > (s.last_xid, s.last_pos) and e.xid >= s.last_xid and e.type not like 'exception%') and s.name like 'time-to-billing%'`,
    );
    return behind.length > 0 ? behind.map(({ name }) => name).join(', ') : undefined;
  }

  async #bearer(): Promise<string> {
    if (this.#token) return this.#token;
    const id = 'person-integration';
    this.#token = await patiently(async () => {
      const answer = await fetch(`${this.#issuer.url}/token`, {
        method: 'POST',
        headers: { authorization: `Basic ${Buffer.from(`${id}:${this.#issuer.secretOf(id)}`).toString('base64')}` },
        body: new URLSearchParams({ grant_type: 'client_credentials', resource: 'urn:throughline' }),
      });
      return ((await answer.json()) as { access_token: string }).access_token;
    });
    setTimeout(() => (this.#token = ''), 600_000).unref();
    return this.#token;
  }
}
