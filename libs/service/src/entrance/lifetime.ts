import type { FastifyReply } from 'fastify';
import { Problem } from '#canonical';

/**
 * How long one request runs. A request that reads ends when its caller is gone or its time is up. A
 * request that writes goes on without its caller until its own time is up. `signal` then cancels
 * its running Postgres statement and the calls that it waits for, and prevents new ones.
 */
export class Lifetime {
  readonly #end = new AbortController();
  readonly #beganAt = Date.now();
  #timer?: NodeJS.Timeout;
  #reads = false;

  constructor(private readonly reply: FastifyReply) {
    reply.raw.once('close', this.#closed);
  }

  get signal(): AbortSignal {
    return this.#end.signal;
  }

  /** For a request that writes: only its time limit ends it. */
  endsAfter(ms: number): void {
    clearTimeout(this.#timer);
    const left = Math.max(0, this.#beganAt + ms - Date.now());
    this.#timer = setTimeout(() => this.#end.abort(late('deadline-passed', `This took longer than ${ms} ms and was broken off.`)), left);
    this.#timer.unref();
  }

  /** For a request that only reads: nobody needs it once its caller is gone. */
  endsWithCaller(ms: number): void {
    this.#reads = true;
    this.endsAfter(ms);
    if (this.reply.raw.destroyed) this.#closed();
  }

  readonly #closed = (): void => {
    const answered = this.reply.raw.writableFinished;
    if (answered || this.#reads) clearTimeout(this.#timer);
    if (this.#reads && !answered) this.#end.abort(late('caller-gone', 'The caller stopped waiting; nothing was changed.'));
  };
}

const late = (code: string, detail: string): Problem => new Problem('vendor-unavailable', detail, { code });
