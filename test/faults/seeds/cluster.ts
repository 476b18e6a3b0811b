import { chmodSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { EmbeddedPostgres } from '#persistence/embedded-postgres';
import { patiently } from './waiting.js';

/** What a crash of the machine would not survive. */
const UNSAFE = { fsync: 'off', full_page_writes: 'off' };

/**
 * A Postgres of its own, that may be killed: what has committed is with the operating system (`synchronous_commit`), so that the death of
 * the server's processes loses nothing, while nothing waits for a disk (`fsync`).
 */
export class Cluster {
  readonly #postgres: EmbeddedPostgres;
  readonly #directory: string;
  #recovery: Promise<void> = Promise.resolve();
  deaths = 0;

  private constructor(directory: string, durable: boolean) {
    this.#directory = join(directory, 'postgres');
    this.#postgres = new EmbeddedPostgres({
      directory: this.#directory,
      settings: durable ? {} : { ...UNSAFE, synchronous_commit: 'on', max_wal_size: '2GB', max_connections: '300', autovacuum: 'off' },
      onDeath: () => this.#died(),
    });
  }

  /** `durable`: with the settings of `npm start`, disk and all. */
  static async open(directory: string, { durable = false }: { durable?: boolean } = {}): Promise<Cluster> {
    // Postgres runs as another user than root.
    chmodSync(directory, 0o755);
    const cluster = new Cluster(directory, durable);
    await cluster.#postgres.start();
    return cluster;
  }

  get pid(): number {
    return this.#postgres.pid!;
  }

  /** Resolves when a server that died is up again. */
  recovered(): Promise<void> {
    return this.#recovery;
  }

  urlOf(database: string): string {
    return Object.assign(new URL(this.#postgres.url), { pathname: `/${database}` }).href;
  }

  async create(database: string, template?: string): Promise<void> {
    await this.#inServer(`create database ${database}${template ? ` template ${template} strategy file_copy` : ''}`);
  }

  async drop(database: string): Promise<void> {
    await this.#inServer(`drop database if exists ${database} with (force)`);
  }

  /** One statement in one of the databases. */
  async run(database: string, statement: string): Promise<void> {
    await this.#inServer(statement, this.urlOf(database));
  }

  async close(): Promise<void> {
    await this.#recovery;
    await this.#postgres.stop();
  }

  async #inServer(statement: string, url?: string): Promise<void> {
    await patiently(async () => {
      const client = new Client({ connectionString: url ?? this.#postgres.url });
      client.on('error', () => undefined);
      await client.connect();
      try {
        await client.query(statement);
      } finally {
        await client.end();
      }
    });
  }

  /** The postmaster was killed: the rest of the server goes the same way, at once and without a word, and is started again. */
  #died(): void {
    this.deaths++;
    for (const pid of orphansIn(this.#directory)) kill(pid);
    this.#recovery = patiently(() => this.#postgres.start(), 30_000).then(() => undefined);
  }
}

/** Postgres' processes, by the cluster's folder, which is where each of them stands. */
function orphansIn(directory: string): number[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .filter(pid => folderOf(pid) === directory && commandOf(pid).startsWith('postgres: '))
    .map(Number);
}

function folderOf(pid: string): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return undefined; // gone meanwhile
  }
}

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return ''; // gone meanwhile
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Gone meanwhile: what was wanted.
  }
}
