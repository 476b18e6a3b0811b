import { createHash } from 'node:crypto';
import { DoorRefusal } from '#service/door';

export interface GuessBounds {
  /** Wrong tries before further ones are refused unseen. */
  tries: number;
  /** How long a wrong try counts. */
  windowMs: number;
  /** How many guessers are remembered, the newest. */
  remembered: number;
}

interface Guesser {
  wrong: number;
  until: number;
}

/**
 * Slows whoever guesses secrets: after some wrong tries of one address for one name, further ones are refused until the window is
 * over. A secret that was right before from that address stays right, so that nobody locks out who shares the address with them.
 */
export class Guesses {
  readonly #guessers = new Map<string, Guesser>();
  readonly #proven = new Map<string, string>();

  constructor(
    private readonly bounds: GuessBounds = { tries: 10, windowMs: 60_000, remembered: 10_000 },
    private readonly now: () => number = Date.now,
  ) {}

  /**
   * Counts a try of `who`, or throws a refusal when too many were wrong lately. The answer says what came of it; a try counts as
   * wrong until then, so that many at once are no way around.
   */
  admit(who: string, secret: string): (outcome: 'right' | 'wrong' | 'neither') => void {
    const guesser = this.#live(who);
    const proven = this.#proven.get(who) === digest(secret);
    if (guesser && guesser.wrong >= this.bounds.tries && !proven) {
      const seconds = Math.max(1, Math.ceil((guesser.until - this.now()) / 1000));
      throw new DoorRefusal(429, 'too-many-guesses', `Too many wrong secrets; try again in ${seconds} s.`, { 'retry-after': String(seconds) });
    }
    this.#count(who, 1);
    return outcome => {
      if (outcome !== 'wrong') this.#count(who, -1);
      if (outcome === 'right') keep(this.#proven, who, digest(secret), this.bounds.remembered);
    };
  }

  #count(who: string, more: number): void {
    const guesser = this.#live(who) ?? { wrong: 0, until: this.now() + this.bounds.windowMs };
    keep(this.#guessers, who, { ...guesser, wrong: Math.max(0, guesser.wrong + more) }, this.bounds.remembered);
  }

  #live(who: string): Guesser | undefined {
    const guesser = this.#guessers.get(who);
    return guesser && guesser.until > this.now() ? guesser : undefined;
  }
}

const digest = (secret: string): string => createHash('sha256').update(secret).digest('base64');

/** As the newest; the oldest goes when there are more than `most`. */
function keep<T>(map: Map<string, T>, key: string, value: T, most: number): void {
  map.delete(key);
  map.set(key, value);
  if (map.size > most) map.delete(map.keys().next().value!);
}
