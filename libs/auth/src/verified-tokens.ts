import type { Principal } from './principal.js';

/** What a token turned out to be. `expiresAt` is in ms since 1970. */
export interface Verified {
  principal: Principal;
  expiresAt: number;
}

const KEPT_MS = 60_000;
const MOST = 2_000;

/**
 * Tokens whose signature was checked a moment ago. Checking one costs more than all the rest of a small request, and a service sends
 * the same one thousands of times. A token is trusted so until it expires, but for a minute at most: then its key is asked for again.
 */
export class VerifiedTokens {
  readonly #held = new Map<string, { verified: Verified; until: number }>();

  constructor(private readonly now: () => number = Date.now) {}

  find(token: string): Verified | undefined {
    const held = this.#held.get(token);
    if (!held) return undefined;
    if (held.until > this.now()) return held.verified;
    this.#held.delete(token);
    return undefined;
  }

  keep(token: string, verified: Verified): void {
    if (this.#held.size >= MOST) this.#held.delete(this.#held.keys().next().value!);
    this.#held.set(token, { verified, until: Math.min(verified.expiresAt, this.now() + KEPT_MS) });
  }
}
