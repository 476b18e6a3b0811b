import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';

/**
 * Processes of one program that have loaded their modules and wait to be told what to do, so that a seed doesn't pay for it. The next
 * one is started when one is taken.
 */
export class SpareProcesses {
  #spare: ChildProcess | undefined;
  #closed = false;

  /** `log`: the file descriptor that their output goes to. */
  constructor(
    private readonly main: string,
    private readonly log: number,
    private readonly args: string[] = [],
  ) {}

  get closed(): boolean {
    return this.#closed;
  }

  /** Has one ready for later. */
  prepare(): void {
    this.#spare ??= this.#fork();
  }

  take(): ChildProcess {
    const child = this.#spare && alive(this.#spare) ? this.#spare : this.#fork();
    this.#spare = undefined;
    return child;
  }

  async close(): Promise<void> {
    this.#closed = true;
    if (this.#spare) await ended(this.#spare, 'SIGKILL');
    this.#spare = undefined;
  }

  #fork(): ChildProcess {
    if (this.#closed) throw new Error(`no more processes of ${this.main}`);
    return fork(this.main, this.args, { execArgv: [], stdio: ['ignore', this.log, this.log, 'ipc'] });
  }
}

export const alive = (child: ChildProcess): boolean => child.exitCode === null && child.signalCode === null;

/** Sends the signal and waits for the end. SIGCONT goes first to one that stands still, else it would never hear of anything but SIGKILL. */
export async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (!alive(child)) return;
  const gone = once(child, 'exit');
  child.kill('SIGCONT');
  child.kill(signal);
  await gone;
}
