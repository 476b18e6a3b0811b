import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

export interface ChildOptions {
  name: string;
  main: string;
  env: () => Record<string, string>;
  /** Where its output goes. */
  logFile: string;
  /** Called each time the process was started. */
  onSpawn?: () => void;
  /** Called with each IPC message of the process. */
  onMessage: (message: unknown, child: Child) => void;
  /** Called when the process died by itself and will be restarted. */
  onRestart?: (why: string) => void;
  /** Called when the process dies repeatedly before it was ever ready. */
  onHopeless: (why: string) => void;
}

const STOP_LIMIT_MS = 15_000;
/**
 * Not fewer, because a back end may be unavailable for some seconds (Postgres recovering from a
 * kill).
 */
const HOPELESS_AFTER = 5;
const PAUSE_MS = 300;
const LONGEST_PAUSE_MS = 20_000;
/**
 * A process that was ready for this long had no trouble starting: its next death counts as the
 * first.
 */
const STEADY_MS = 30_000;

/**
 * How long to wait before the restart after `failures` in a row. It grows each time, so that a
 * process that can't live costs little.
 */
export const pauseAfter = (failures: number): number => Math.min(LONGEST_PAUSE_MS, PAUSE_MS * 2 ** Math.max(0, failures - 1));

/** A process that is restarted when it dies, until it is stopped. */
export class Child {
  #process: ChildProcess | undefined;
  #stopping = false;
  #failures = 0;
  #tail = '';
  #readyAt: number | undefined;
  #everReady = false;

  constructor(private readonly options: ChildOptions) {}

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  start(): void {
    this.#stopping = false;
    this.#spawn();
  }

  /** Call when the process answers. */
  settled(): void {
    this.#readyAt = performance.now();
    this.#everReady = true;
  }

  /** Notes why the process is about to end, in its own words. */
  noteFailure(why: string): void {
    this.#tail = why;
  }

  send(message: object): void {
    // If the process ends during the send, it is restarted, and the message is sent again.
    if (this.#process?.connected) this.#process.send(message, () => undefined);
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    const child = this.#process;
    if (!child || child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    const hurry = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
    await ended;
    clearTimeout(hurry);
  }

  kill(): void {
    this.#stopping = true;
    this.#process?.kill('SIGKILL');
  }

  #spawn(): void {
    const { main, env, logFile, onMessage } = this.options;
    const child = fork(main, { env: { ...process.env, ...env() }, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
    this.#process = child;
    this.#tail = '';
    const log = createWriteStream(logFile, { flags: 'a', mode: 0o600 });
    // A log that can't be written loses its lines, but does not end the supervisor.
    log.on('error', () => undefined);
    child.on('error', error => this.#note(Buffer.from(`${String(error)}\n`), log));
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => this.#note(chunk, log));
    child.on('message', message => onMessage(message, this));
    this.options.onSpawn?.();
    let ended = false;
    const died = (how: string): void => {
      if (ended) return;
      ended = true;
      log.end();
      if (this.#process === child) this.#died(how);
    };
    child.once('exit', (code, signal) => died(signal ?? `code ${code}`));
    child.once('error', () => child.pid === undefined && died('it could not be started'));
  }

  #note(chunk: Buffer, log: NodeJS.WritableStream): void {
    this.#tail = (this.#tail + chunk.toString('utf8')).slice(-4_000);
    log.write(chunk);
  }

  #died(how: string): void {
    if (this.#stopping) return;
    if (this.#readyAt !== undefined && performance.now() - this.#readyAt > STEADY_MS) this.#failures = 0;
    this.#readyAt = undefined;
    this.#failures++;
    const why = `${this.options.name} ended (${how})${this.#tail ? `:\n${this.#tail.trimEnd()}` : ''}`;
    if (!this.#everReady && this.#failures >= HOPELESS_AFTER) return this.options.onHopeless(why);
    this.options.onRestart?.(why);
    void sleep(pauseAfter(this.#failures)).then(() => {
      if (!this.#stopping) this.#spawn();
    });
  }
}
