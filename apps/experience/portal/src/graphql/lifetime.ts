import type { FastifyReply } from 'fastify';
import { Problem } from '#canonical';

/** A change may be begun this long after its request came; what was begun runs to its end. */
const CHANGES_BEGIN_WITHIN_MS = 60_000;

/**
 * How long one GraphQL request goes on. A query ends when its caller is gone or its time is up: `signal` cancels what Postgres runs
 * for it and starts nothing more. A mutation is not broken off: each change is made to its end and its answer kept by the process
 * API, and only no further one is begun after its own time.
 */
export class Lifetime {
  readonly #end = new AbortController();
  readonly #beganAt = Date.now();
  readonly #timer: NodeJS.Timeout;

  constructor(
    private readonly reply: FastifyReply,
    queryTimeoutMs: number,
  ) {
    this.#timer = setTimeout(() => this.#end.abort(late(`This query took longer than ${queryTimeoutMs} ms; ask for less at once.`)), queryTimeoutMs);
    reply.raw.once('close', this.#gone);
  }

  get signal(): AbortSignal {
    return this.#end.signal;
  }

  /** From here on nothing breaks it off: it changes something, or it is over. */
  keep(): void {
    clearTimeout(this.#timer);
    this.reply.raw.off('close', this.#gone);
  }

  /** Throws when it is too late to begin a change. */
  refuseLate(): void {
    if (Date.now() - this.#beganAt <= CHANGES_BEGIN_WITHIN_MS) return;
    throw late(`This was not begun within ${CHANGES_BEGIN_WITHIN_MS} ms, and nothing of it was done.`);
  }

  readonly #gone = (): void => this.#end.abort(late('The caller stopped waiting.'));
}

const late = (detail: string): Problem => new Problem('vendor-unavailable', detail, { code: 'deadline-passed' });
