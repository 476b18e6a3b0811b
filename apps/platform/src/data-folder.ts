import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

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

/** `.data`: everything the platform keeps, and the note of who is running on it. */
export class DataFolder {
  constructor(readonly path: string) {}

  readonly postgres = join(this.path, 'postgres');
  readonly sandbox = join(this.path, 'sandbox');
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

  /** Notes that this process runs on the folder. Throws when another one does. */
  occupy(): void {
    const pid = this.runningPid;
    if (pid !== undefined) throw new Error(`The platform is running already on ${this.path}, as process ${pid}.`);
    mkdirSync(join(this.path, 'logs'), { recursive: true });
    writeFileSync(this.#running, `${process.pid} ${startOf(process.pid)}`);
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
