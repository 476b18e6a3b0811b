import type { ChildProcess } from 'node:child_process';
import type { SandboxEndpoints, SandboxesOptions } from '../../../apps/sandbox/src/sandboxes.js';
import { ControlPort } from './control-port.js';
import type { FromSandboxes, ToSandboxes } from './sandbox-main.js';
import { ended, type SpareProcesses } from './spare-processes.js';

/** The stand-ins on one folder of state, started again on the same ports whenever they are killed. */
export class SandboxProcess {
  #child!: ChildProcess;
  #stopped = false;
  #serving: Promise<void> = Promise.resolve();
  endpoints!: SandboxEndpoints;
  settings!: Record<string, string>;
  control!: ControlPort;
  deaths = 0;
  /** Told when the sandboxes serve again after they were killed: what was planned there is forgotten. */
  onRestart: () => Promise<void> = () => Promise.resolve();

  private constructor(
    private readonly spares: SpareProcesses,
    private readonly options: SandboxesOptions,
  ) {}

  static async start(spares: SpareProcesses, options: SandboxesOptions): Promise<SandboxProcess> {
    const sandboxes = new SandboxProcess(spares, options);
    await sandboxes.#start();
    return sandboxes;
  }

  get pid(): number {
    return this.#child.pid!;
  }

  serving(): Promise<void> {
    return this.#serving;
  }

  async stop(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    this.#stopped = true;
    await ended(this.#child, signal);
  }

  async #start(): Promise<void> {
    const child = this.spares.take();
    this.#child = child;
    this.spares.prepare();
    child.once('exit', () => {
      if (this.#stopped || this.spares.closed || this.#child !== child) return;
      this.deaths++;
      this.#serving = this.#start().then(() => this.onRestart());
      this.#serving.catch((error: unknown) => console.error('the sandboxes did not start again', error));
    });
    const answer = new Promise<FromSandboxes>((resolve, reject) => {
      child.once('message', (message: FromSandboxes) => resolve(message));
      child.once('exit', code => reject(new Error(`the sandboxes ended with ${code} before they served`)));
    });
    child.send({ start: this.options } satisfies ToSandboxes);
    const message = await answer;
    if ('failed' in message) throw new Error(message.failed);
    this.endpoints = message.ready.endpoints;
    this.settings = message.ready.settings;
    this.control = new ControlPort(message.ready.control);
  }
}
