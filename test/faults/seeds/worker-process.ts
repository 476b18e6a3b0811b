import type { ChildProcess } from 'node:child_process';
import type { FromWorker, ToWorker } from '../../../apps/platform/src/worker/worker.js';
import { alive, ended, type SpareProcesses } from './spare-processes.js';

/** A worker of the platform as a supervisor keeps it: started again whenever it dies, until it is stopped. */
export class WorkerProcess {
  #child: ChildProcess | undefined;
  #serving: Promise<void> = Promise.resolve();
  #stopped = false;
  /** How often somebody else killed it. */
  deaths = 0;

  constructor(
    private readonly spares: SpareProcesses,
    readonly port: number,
    private readonly environment: Record<string, string>,
  ) {}

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get pid(): number {
    return this.#child!.pid!;
  }

  get alive(): boolean {
    return this.#child !== undefined && alive(this.#child);
  }

  /** Resolves when it answers, also after it died and was started again. */
  async serving(): Promise<void> {
    let seen: Promise<void> | undefined;
    while (seen !== this.#serving) {
      seen = this.#serving;
      await seen;
    }
  }

  start(): Promise<void> {
    this.#serving = this.#start();
    // Whoever waits hears of it; that nobody waits is no reason to die.
    this.#serving.catch(() => undefined);
    return this.serving();
  }

  async stop(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    this.#stopped = true;
    if (this.#child) await ended(this.#child, signal);
  }

  async #start(): Promise<void> {
    const child = this.spares.take();
    this.#child = child;
    this.spares.prepare();
    const serving = new Promise<'serving' | 'died'>((resolve, reject) => {
      child.on('message', (message: FromWorker) => {
        if ('failed' in message) reject(new Error(message.failed));
        else if ('serving' in message) resolve('serving');
      });
      child.once('exit', () => resolve('died'));
    });
    child.once('exit', () => {
      if (this.#stopped || this.spares.closed || this.#child !== child) return;
      this.deaths++;
      void this.start();
    });
    const start: ToWorker = { start: { environment: this.environment, port: this.port } };
    child.send(start);
    if ((await serving) === 'serving') child.send({ waitingFor: [] } satisfies ToWorker);
  }
}
