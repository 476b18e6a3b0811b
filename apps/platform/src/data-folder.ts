import { accessSync, chmodSync, constants, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { dirname, join } from 'node:path';

/** What an app needs in its environment to belong to the platform that runs on this folder. */
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

// Postgres runs as another account where we are root, and has to pass through: so that it needs no right over all folders.
const FOLDER_MODE = process.getuid?.() === 0 ? 0o711 : 0o700;

/** `.data`: everything the platform keeps, and the note of who is running on it. */
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

  /** The process that runs the platform on this folder, if any. */
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

  /** Notes that this process runs on the folder. Throws when another one does, or when this user may not use it. */
  occupy(): void {
    this.refuseIfRunning();
    this.#usable(() => {
      mkdirSync(dirname(this.log), { recursive: true });
      this.#closeToOthers();
      writeFileSync(this.#running, `${process.pid} ${startOf(process.pid)}`);
    });
  }

  /** What is in the folder is for its owner alone, also where an earlier start left it open. */
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
    // Its own account's, or ours; not somebody else's whom we are not.
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

  /** Who is who among the processes, for people and tests. */
  get processes(): PlatformProcesses | undefined {
    return existsSync(this.#processes) ? (JSON.parse(readFileSync(this.#processes, 'utf8')) as PlatformProcesses) : undefined;
  }

  noteProcesses(processes: PlatformProcesses): void {
    writeFileSync(this.#processes, JSON.stringify(processes));
  }

  /** The settings under which the running platform's apps run; holds secrets, so only its owner may read it. */
  get environment(): PlatformEnvironment | undefined {
    return existsSync(this.#environment) ? (JSON.parse(readFileSync(this.#environment, 'utf8')) as PlatformEnvironment) : undefined;
  }

  keepEnvironment(environment: PlatformEnvironment): void {
    writeFileSync(this.#environment, JSON.stringify(environment, null, 2), { mode: 0o600 });
  }

  /** Whether the sample deals were won and have settled on an earlier start. */
  get sampled(): boolean {
    return existsSync(this.#sampled);
  }

  noteSampled(deals: { name: string; deal: string }[]): void {
    writeFileSync(this.#sampled, JSON.stringify(deals, null, 2));
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** When the process began, by the kernel's clock, so that a number used again is not taken for the same process. */
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
