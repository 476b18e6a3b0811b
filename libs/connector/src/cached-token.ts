export interface TokenAnswer {
  accessToken: string;
  /** Absent where the vendor doesn't state it (Salesforce): the token is kept until refused. */
  expiresInMs?: number;
  baseUrl?: string;
}

// Renewed this long before it ends, so that no request carries a token that expires on the way.
const EARLY_MS = 60_000;
const LOG_IN_TIMEOUT_MS = 30_000;

/** A token for many callers: one request at a time, kept until shortly before it expires or until it is refused. */
export class CachedToken {
  #current: (TokenAnswer & { untilMs: number }) | undefined;
  #request: Promise<TokenAnswer> | undefined;

  constructor(private readonly request: (signal: AbortSignal) => Promise<TokenAnswer>) {}

  /** `signal` ends this caller's wait; the request goes on for the others. */
  async get(signal: AbortSignal): Promise<TokenAnswer> {
    signal.throwIfAborted();
    if (this.#current && performance.now() < this.#current.untilMs) return this.#current;
    this.#request ??= this.#renew();
    return orAborted(this.#request, signal);
  }

  /** Forgets the token if it is still the one that was refused; another caller may have renewed it meanwhile. */
  forget(refused: string): void {
    if (this.#current?.accessToken === refused) this.#current = undefined;
  }

  known(): string[] {
    return this.#current ? [this.#current.accessToken] : [];
  }

  async #renew(): Promise<TokenAnswer> {
    try {
      const answer = await this.request(AbortSignal.timeout(LOG_IN_TIMEOUT_MS));
      const lifeMs = answer.expiresInMs ?? Infinity;
      this.#current = { ...answer, untilMs: performance.now() + Math.max(lifeMs - EARLY_MS, lifeMs / 2) };
      return answer;
    } finally {
      this.#request = undefined;
    }
  }
}

function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const abort = () => reject(signal.reason as Error);
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
