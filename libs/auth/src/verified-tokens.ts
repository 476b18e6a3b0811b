import type { Principal } from './principal.js';

/** A token's claims and its end. `expiresAt` is in ms since 1970. */
export interface VerifiedToken {
  principal: Principal;
  expiresAt: number;
}

const KEPT_MS = 60_000;
const MOST = 2_000;

/**
 * Tokens whose signature was checked a moment ago. A check costs more than the rest of a small
 * request, and a service sends the same token thousands of times. A checked token is trusted until
 * it expires, but for one minute at most: then its key is looked up again.
 */
export class VerifiedTokens {
  readonly #held = new Map<string, { verified: VerifiedToken; until: number }>();

  constructor(private readonly now: () => number = Date.now) {}

  find(token: string): VerifiedToken | undefined {
    const held = this.#held.get(token);
    if (!held) return undefined;
    if (held.until > this.now()) return held.verified;
    this.#held.delete(token);
    return undefined;
  }

  keep(token: string, verified: VerifiedToken): void {
    if (this.#held.size >= MOST) this.#held.delete(this.#held.keys().next().value!);
    this.#held.set(token, { verified, until: Math.min(verified.expiresAt, this.now() + KEPT_MS) });
  }
}
