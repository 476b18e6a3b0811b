import { createHash } from 'node:crypto';
import { DoorRefusal } from '#service/door';

export interface GuessBounds {
  /**
   * Wrong tries of one address for one name, after which further ones are refused without a check.
   */
  tries: number;
  /** The same for one address and all names together. */
  triesOfAddress: number;
  /** How long a wrong try counts. */
  windowMs: number;
  /**
   * How many addresses, and how many pairs of address and name, are remembered; the newest are
   * kept.
   */
  remembered: number;
}

export const GUESS_BOUNDS: GuessBounds = { tries: 10, triesOfAddress: 50, windowMs: 60_000, remembered: 10_000 };

/** The result of a try. A refusal says when to come back, and nothing about the secret. */
export type Outcome = 'right' | 'wrong' | DoorRefusal;

interface Count {
  wrong: number;
  until: number;
}

/**
 * Slows down guessing of secrets. After some wrong tries of one address, for one name or in total,
 * further ones are refused until the window ends. A secret that was right before from that address
 * stays right, so that an attacker can't lock out others at the same address. A try is judged and
 * counted in one step, so that of many concurrent ones none is judged before the others are
 * counted.
 */
export class Guesses {
  readonly #addresses = new Map<string, Count>();
  readonly #pairs = new Map<string, Count>();
  readonly #proven = new Map<string, string>();

  constructor(
    private readonly bounds: GuessBounds = GUESS_BOUNDS,
    private readonly now: () => number = Date.now,
  ) {}

  /** Judges a secret that `address` gives for `name`, unless too many were wrong lately. */
  judge(address: string, name: string, secret: string, isRight: () => boolean): Outcome {
    const pair = `${address} ${name}`;
    if (this.#proven.get(pair) === digest(secret) && isRight()) return 'right';
    const refusal = this.#refusal(this.#pairs, pair, this.bounds.tries) ?? this.#refusal(this.#addresses, address, this.bounds.triesOfAddress);
    if (refusal) return refusal;
    if (isRight()) {
      keep(this.#proven, pair, digest(secret), this.bounds.remembered);
      return 'right';
    }
    this.#count(this.#pairs, pair);
    this.#count(this.#addresses, address);
    return 'wrong';
  }

  /**
   * Counts a failure without a secret: an unknown name, or an unsupported way of authentication.
   */
  fail(address: string): Outcome {
    const refusal = this.#refusal(this.#addresses, address, this.bounds.triesOfAddress);
    if (!refusal) this.#count(this.#addresses, address);
    return refusal ?? 'wrong';
  }

  #refusal(counts: Map<string, Count>, who: string, most: number): DoorRefusal | undefined {
    const { wrong, until } = this.#current(counts, who);
    return wrong < most ? undefined : refusalFor(until - this.now());
  }

  #count(counts: Map<string, Count>, who: string): void {
    const { wrong, until } = this.#current(counts, who);
    keep(counts, who, { wrong: wrong + 1, until }, this.bounds.remembered);
  }

  #current(counts: Map<string, Count>, who: string): Count {
    const known = counts.get(who);
    return known && known.until > this.now() ? known : { wrong: 0, until: this.now() + this.bounds.windowMs };
  }
}

function refusalFor(waitMs: number): DoorRefusal {
  const seconds = Math.max(1, Math.ceil(waitMs / 1000));
  return new DoorRefusal(429, 'too-many-guesses', `Too many wrong secrets; try again in ${seconds} s.`, { 'retry-after': String(seconds) });
}

const digest = (secret: string): string => createHash('sha256').update(secret).digest('base64');

/** Keeps the value as the newest; the oldest is dropped when there are more than `most`. */
function keep<T>(map: Map<string, T>, key: string, value: T, most: number): void {
  map.delete(key);
  map.set(key, value);
  if (map.size > most) map.delete(map.keys().next().value!);
}
