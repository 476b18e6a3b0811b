import type { FastifyReply } from 'fastify';
import { Problem } from '#canonical';

/**
 * How long one request goes on. What only reads ends when its caller is gone or its time is up; what writes goes on without its caller,
 * until its own time is up. `signal` then cancels the statement that Postgres runs for it and the calls it waits for, and starts none.
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

  /** It writes: nothing but its time ends it. */
  endsAfter(ms: number): void {
    clearTimeout(this.#timer);
    const left = Math.max(0, this.#beganAt + ms - Date.now());
    this.#timer = setTimeout(() => this.#end.abort(late('deadline-passed', `This took longer than ${ms} ms and was broken off.`)), left);
    this.#timer.unref();
  }

  /** It only reads: nobody needs it once its caller is gone. */
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
