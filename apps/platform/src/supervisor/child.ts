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
  /** Told each time it has been started. */
  onSpawn?: () => void;
  /** Told each time it says something by IPC. */
  onMessage: (message: unknown, child: Child) => void;
  /** Told when it died by itself and will be started again. */
  onRestart?: (why: string) => void;
  /** Told when it dies again and again before it is ready. */
  onHopeless: (why: string) => void;
}

const STOP_LIMIT_MS = 15_000;
/** A back end that is away for some seconds (Postgres recovering from a kill) isn't hopeless yet. */
const HOPELESS_AFTER = 5;
const PAUSE_MS = 300;

/** A process of ours that is started again when it dies, until it is stopped. */
export class Child {
  #process: ChildProcess | undefined;
  #stopping = false;
  #failures = 0;
  #tail = '';

  constructor(private readonly options: ChildOptions) {}

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  start(): void {
    const { main, env, logFile, onMessage } = this.options;
    const child = fork(main, { env: { ...process.env, ...env() }, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
    this.#process = child;
    this.#tail = '';
    const log = createWriteStream(logFile, { flags: 'a' });
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => this.#note(chunk, log));
    child.on('message', message => onMessage(message, this));
    this.options.onSpawn?.();
    child.once('exit', (code, signal) => {
      log.end();
      if (this.#process === child) this.#died(signal ?? `code ${code}`);
    });
  }

  /** It answers: earlier failures are forgotten. */
  settled(): void {
    this.#failures = 0;
  }

  /** Why it is about to end, in its own words. */
  noteFailure(why: string): void {
    this.#tail = why;
  }

  send(message: object): void {
    if (this.#process?.connected) this.#process.send(message);
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    const child = this.#process;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
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

  #note(chunk: Buffer, log: NodeJS.WritableStream): void {
    this.#tail = (this.#tail + chunk.toString('utf8')).slice(-4_000);
    log.write(chunk);
  }

  #died(how: string): void {
    if (this.#stopping) return;
    this.#failures++;
    const why = `${this.options.name} ended (${how})${this.#tail ? `:\n${this.#tail.trimEnd()}` : ''}`;
    if (this.#failures >= HOPELESS_AFTER) return this.options.onHopeless(why);
    this.options.onRestart?.(why);
    void sleep(PAUSE_MS * this.#failures).then(() => {
      if (!this.#stopping) this.start();
    });
  }
}
