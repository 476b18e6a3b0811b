import { accessSync, chmodSync, constants, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { dirname, join } from 'node:path';

/** The environment with which an app joins the platform that runs on this folder. */
export type PlatformEnvironment = Record<string, string>;

/** The processes of the running platform. */
export interface PlatformProcesses {
  supervisor: number;
  apps?: number;
  issuer?: number;
  sandboxes?: number;
  postgres?: number;
}

/** The data folder can't be used as it is; the message says what to do. */
export class DataFolderError extends Error {
  override readonly name = 'DataFolderError';
}

// When we are root, Postgres runs as another account and must pass through the folder; with this
// mode it needs no right over all folders.
const FOLDER_MODE = process.getuid?.() === 0 ? 0o711 : 0o700;

/** `.data`: everything that the platform stores, and the note of which process runs on it. */
export class DataFolder {
  constructor(readonly path: string) {}

  readonly postgres = join(this.path, 'postgres');
  readonly sandbox = join(this.path, 'sandbox');
  readonly passwords = join(this.path, 'database.json');
  readonly issuerKeys = join(this.path, 'issuer.json');
  readonly endpoints = join(this.path, 'endpoints.json');
  readonly log = join(this.path, 'logs', 'throughline.log');
  readonly processLog = join(this.path, 'logs', 'processes.log');
  readonly #running = join(this.path, 'running.pid');
  readonly #processes = join(this.path, 'processes.json');
  readonly #environment = join(this.path, 'environment.json');
  readonly #sampled = join(this.path, 'sampled.json');

  /** The process id of the platform that runs on this folder, if any. */
  get runningPid(): number | undefined {
    if (!existsSync(this.#running)) return undefined;
    const [pid, started] = readFileSync(this.#running, 'utf8').split(' ');
    return startOf(Number(pid)) === started ? Number(pid) : undefined;
  }

  /** Throws when a platform runs on the folder. */
  refuseIfRunning(): void {
    const pid = this.runningPid;
    if (pid !== undefined) throw new DataFolderError(`The platform is running already on ${this.path}, as process ${pid}.`);
  }

  /**
   * Notes that this process runs on the folder. Throws when another one does, or when this user may
   * not use it.
   */
  occupy(): void {
    this.refuseIfRunning();
    this.#usable(() => {
      mkdirSync(dirname(this.log), { recursive: true });
      this.#closeToOthers();
      writeFileSync(this.#running, `${process.pid} ${startOf(process.pid)}`);
    });
  }

  /** Restricts the folder's content to its owner, even if an earlier start left it open. */
  #closeToOthers(): void {
    chmodSync(this.path, FOLDER_MODE);
    const [logs, sandbox] = [dirname(this.log), this.sandbox];
    for (const folder of [logs, sandbox]) if (existsSync(folder)) chmodSync(folder, 0o700);
    for (const folder of [this.path, logs, sandbox])
      for (const entry of existsSync(folder) ? readdirSync(folder, { withFileTypes: true }) : [])
        if (entry.isFile()) {
          accessSync(join(folder, entry.name), constants.R_OK | constants.W_OK);
          chmodSync(join(folder, entry.name), 0o600);
        }
    // The folder may be Postgres' account's or ours, but not that of another user.
    if (existsSync(this.postgres) && process.getuid?.() !== 0) accessSync(this.postgres, constants.R_OK | constants.W_OK);
  }

  #usable(work: () => void): void {
    try {
      work();
    } catch (error) {
      const { code, path } = error as NodeJS.ErrnoException;
      if (code === undefined || path === undefined) throw error;
      const what = path === this.path ? this.path : `${path} of the data folder ${this.path}`;
      const user = userInfo().username;
      throw new DataFolderError(`The user ${user} may not use ${what} (${code}): give it to ${user}, or set DATA_DIR to a folder of theirs.`);
    }
  }

  leave(): void {
    rmSync(this.#running, { force: true });
    rmSync(this.#processes, { force: true });
  }

  /** The role of each process, for people and tests. */
  get processes(): PlatformProcesses | undefined {
    return existsSync(this.#processes) ? (JSON.parse(readFileSync(this.#processes, 'utf8')) as PlatformProcesses) : undefined;
  }

  noteProcesses(processes: PlatformProcesses): void {
    writeFileSync(this.#processes, JSON.stringify(processes));
  }

  /**
   * The settings of the running platform's apps. They contain secrets, so only the owner may read
   * them.
   */
  get environment(): PlatformEnvironment | undefined {
    return existsSync(this.#environment) ? (JSON.parse(readFileSync(this.#environment, 'utf8')) as PlatformEnvironment) : undefined;
  }

  keepEnvironment(environment: PlatformEnvironment): void {
    writeFileSync(this.#environment, JSON.stringify(environment, null, 2), { mode: 0o600 });
  }

  /** Whether an earlier start already won the sample deals and followed them to their end. */
  get samplesDone(): boolean {
    return existsSync(this.#sampled);
  }

  noteSampled(deals: { name: string; deal: string }[]): void {
    writeFileSync(this.#sampled, JSON.stringify(deals, null, 2));
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/**
 * When the process began, by the kernel's clock, so that another process with the same number is
 * not taken for it.
 */
function startOf(pid: number): string | undefined {
  try {
    process.kill(pid, 0);
  } catch {
    return undefined;
  }
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ')[19];
  } catch {
    return 'unknown'; // a system without /proc
  }
}
