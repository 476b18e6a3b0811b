import CircuitBreaker from 'opossum';
import { Problem } from '#canonical';

/** The vendor code of a problem that the open breaker made. */
export const BREAKER_OPEN = 'breaker-open';
/** The vendor code of a call whose caller left it too little time. */
export const HURRIED = 'caller-deadline';

const RESET_MS = 10_000;
const VOLUME = 10;
const ERROR_PERCENT = 50;

/**
 * Stops calling a vendor that is out, for `resetMs`; then one probe decides. Only outages count
 * (`vendor-unavailable`): a refusal or a 429 shows that the vendor is up.
 */
export class Breaker {
  readonly #circuit: CircuitBreaker<[() => Promise<unknown>], unknown>;
  #openedAt = 0;

  constructor(
    private readonly name: string,
    private readonly options: { resetMs?: number; volume?: number } = {},
  ) {
    this.#circuit = new CircuitBreaker(work => work(), {
      name,
      timeout: false,
      resetTimeout: this.#resetMs,
      volumeThreshold: options.volume ?? VOLUME,
      errorThresholdPercentage: ERROR_PERCENT,
      rollingPercentilesEnabled: false,
      enableSnapshots: false,
      errorFilter: error => !isOutage(error),
    });
    this.#circuit.on('open', () => (this.#openedAt = performance.now()));
  }

  /**
   * While the vendor counts as out, throws `vendor-unavailable`, code `not-made`, without calling.
   */
  async fire<T>(work: () => Promise<T>): Promise<T> {
    try {
      return (await this.#circuit.fire(work)) as T;
    } catch (error) {
      if ((error as { code?: string }).code !== 'EOPENBREAKER') throw error;
      const waitMs = Math.max(50, Math.ceil(this.#openedAt + this.#resetMs - performance.now()));
      throw new Problem('vendor-unavailable', `${this.name} is out; not called`, {
        code: 'not-made',
        retryAfterMs: waitMs,
        cause: error,
        vendor: { system: this.name, operation: 'none', code: BREAKER_OPEN, message: 'not called' },
      });
    }
  }

  close(): void {
    this.#circuit.shutdown();
  }

  get #resetMs(): number {
    return this.options.resetMs ?? RESET_MS;
  }
}

/** A caller in a hurry or a lost lease is no sign of an outage. */
const isOutage = (error: unknown): boolean =>
  error instanceof Problem && error.kind === 'vendor-unavailable' && error.retryable && error.code !== 'lease-lost' && error.vendor?.code !== HURRIED;
