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

type Settle = (outcome: 'right' | 'wrong' | 'neither') => void;

interface Guesser {
  wrong: number;
  until: number;
  /** Tries whose outcome isn't known yet, and who waits for one. */
  trying: number;
  waiting: (() => void)[];
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
   * Lets a try of `who` through, or throws a refusal when too many were wrong lately. Of those whose outcome isn't known yet, no more
   * are let through than may be wrong; the others wait. The answer is to be told the outcome.
   */
  async admit(who: string, secret: string): Promise<Settle> {
    for (;;) {
      if (this.#proven.get(who) === digest(secret)) return () => undefined;
      const guesser = this.#guesser(who);
      if (guesser.wrong >= this.bounds.tries) throw refusal(guesser.until - this.now());
      if (guesser.wrong + guesser.trying < this.bounds.tries) return this.#try(guesser, who, secret);
      await new Promise<void>(resolve => guesser.waiting.push(resolve));
    }
  }

  #try(guesser: Guesser, who: string, secret: string): Settle {
    guesser.trying++;
    return outcome => {
      guesser.trying--;
      if (outcome === 'wrong') guesser.wrong++;
      if (outcome === 'right') keep(this.#proven, who, digest(secret), this.bounds.remembered);
      for (const resolve of guesser.waiting.splice(0)) resolve();
    };
  }

  #guesser(who: string): Guesser {
    const known = this.#guessers.get(who);
    if (known && (known.until > this.now() || known.trying > 0)) return known;
    const guesser = { wrong: 0, until: this.now() + this.bounds.windowMs, trying: 0, waiting: [] };
    keep(this.#guessers, who, guesser, this.bounds.remembered);
    return guesser;
  }
}

function refusal(waitMs: number): DoorRefusal {
  const seconds = Math.max(1, Math.ceil(waitMs / 1000));
  return new DoorRefusal(429, 'too-many-guesses', `Too many wrong secrets; try again in ${seconds} s.`, { 'retry-after': String(seconds) });
}

const digest = (secret: string): string => createHash('sha256').update(secret).digest('base64');

/** As the newest; the oldest goes when there are more than `most`. */
function keep<T>(map: Map<string, T>, key: string, value: T, most: number): void {
  map.delete(key);
  map.set(key, value);
  if (map.size > most) map.delete(map.keys().next().value!);
}
