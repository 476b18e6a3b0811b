import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { Problem } from '#canonical';

/** What a token's header says about its key. */
export interface KeyHint {
  kid?: string;
  alg: string;
}

interface SigningKey {
  alg?: string;
  key: KeyObject;
}

interface Jwk {
  kid?: unknown;
  use?: unknown;
  alg?: unknown;
}

export interface KeepingOptions {
  /** How often the keys are read again. */
  refreshMs: number;
  /** How long keys are used after they were last read. */
  greatestAgeMs: number;
}

/** Called after each reading, with the number of failures in a row and the last failure. */
export type ReadingListener = (failures: number, error?: unknown) => void;

/**
 * Shared by all callers: an unknown key id, which any stranger can send, makes us ask the issuer no
 * more often than this.
 */
export const UNKNOWN_KEY_PAUSE_MS = 10_000;
const NEVER_READ_PAUSE_MS = 1_000;
const FIRST_RETRY_MS = 250;
const SLOWEST_RETRY_MS = 30_000;
const MOST_KEYS = 100;

/**
 * The issuer's public keys. They are read at start and on a timer, and kept up to a greatest age
 * while the issuer is unavailable. A token with a known key waits for nothing and asks nobody. A
 * token with an unknown key may cause another look, but rarely, and it delays no other caller.
 * Unknown ids are not remembered, because looking one up costs nothing.
 */
export class SigningKeys {
  #keys = new Map<string, SigningKey>();
  #readAt?: number;
  #askedAt = Number.NEGATIVE_INFINITY;
  #failures = 0;
  #reading?: Promise<void>;
  #timer?: NodeJS.Timeout;
  #listener?: ReadingListener;

  constructor(
    private readonly read: () => Promise<unknown>,
    private readonly options: KeepingOptions,
    private readonly now: () => number = Date.now,
  ) {}

  /**
   * Reads now and from then on. Does not wait, so an app can start while its issuer is still
   * starting.
   */
  start(): void {
    void this.#refresh()
      .catch(() => undefined)
      .then(() => this.#schedule());
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  watch(listener: ReadingListener): void {
    this.#listener = listener;
  }

  /** How long ago the keys were last read, in ms; undefined if never. */
  get ageMs(): number | undefined {
    return this.#readAt === undefined ? undefined : this.now() - this.#readAt;
  }

  /** Whether tokens can be checked. */
  get usable(): boolean {
    return this.ageMs !== undefined && this.ageMs <= this.options.greatestAgeMs;
  }

  /** Whether the issuer answered the last request. */
  get reachable(): boolean {
    return this.#failures === 0 && this.#readAt !== undefined;
  }

  /**
   * The key of a token; undefined when the issuer has no such key. Throws `vendor-unavailable` when
   * no keys are known.
   */
  async keyOf(hint: KeyHint): Promise<KeyObject | undefined> {
    if (!this.usable) await this.#look(NEVER_READ_PAUSE_MS);
    if (!this.usable) throw unreachable();
    const known = this.#find(hint);
    if (known) return known;
    await this.#look(UNKNOWN_KEY_PAUSE_MS);
    return this.#find(hint);
  }

  #find({ kid, alg }: KeyHint): KeyObject | undefined {
    const found = kid === undefined ? (this.#keys.size === 1 ? [...this.#keys.values()][0] : undefined) : this.#keys.get(kid);
    return found && (found.alg === undefined || found.alg === alg) ? found.key : undefined;
  }

  /** Asks the issuer, unless it was asked a moment ago; joins a request that is under way. */
  async #look(pauseMs: number): Promise<void> {
    if (!this.#reading && this.now() - this.#askedAt < pauseMs) return;
    await this.#refresh().catch(() => undefined);
  }

  #refresh(): Promise<void> {
    this.#reading ??= this.#readOnce().finally(() => (this.#reading = undefined));
    return this.#reading;
  }

  async #readOnce(): Promise<void> {
    this.#askedAt = this.now();
    try {
      this.#keys = keysOf(await this.read());
      this.#readAt = this.now();
      this.#failures = 0;
      this.#listener?.(0);
    } catch (error) {
      this.#failures += 1;
      this.#listener?.(this.#failures, error);
      throw error;
    }
  }

  #schedule(): void {
    this.stop();
    const wait = this.#failures === 0 ? this.options.refreshMs : Math.min(FIRST_RETRY_MS * 2 ** (this.#failures - 1), SLOWEST_RETRY_MS);
    this.#timer = setTimeout(() => this.start(), wait).unref();
  }
}

const unreachable = (): Problem =>
  new Problem('vendor-unavailable', "Tokens can't be checked now: the keys of the identity provider are not known.", {
    code: 'issuer-unreachable',
    retryAfterMs: 1_000,
  });

/**
 * The signing keys of a key set. Throws when the set has none: a mistake of the issuer must not
 * remove the keys that we have.
 */
function keysOf(set: unknown): Map<string, SigningKey> {
  const listed = (set as { keys?: unknown } | null)?.keys;
  const keys = new Map<string, SigningKey>();
  for (const jwk of Array.isArray(listed) ? (listed as Jwk[]).slice(0, MOST_KEYS) : []) {
    const key = keyOf(jwk);
    if (key) keys.set(typeof jwk.kid === 'string' ? jwk.kid : '', key);
  }
  if (keys.size === 0) throw new Error('the key set of the identity provider has no signing key');
  return keys;
}

function keyOf(jwk: Jwk | null): SigningKey | undefined {
  if (typeof jwk !== 'object' || jwk === null || (jwk.use !== undefined && jwk.use !== 'sig')) return undefined;
  try {
    const key = createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' });
    return { key, ...(typeof jwk.alg === 'string' ? { alg: jwk.alg } : {}) };
  } catch {
    return undefined; // an unsupported kind; the others may do
  }
}
