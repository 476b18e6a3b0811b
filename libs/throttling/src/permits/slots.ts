import type { Lease } from '#persistence';

/** How long slots are leased, in ms; those of running requests are renewed. */
export const SLOT_LEASE_MS = 10_000;

/** A consumer's slots at one replica: how many are leased, and how many requests run in them. */
export class Slots {
  #leased: { most: number; lease: Lease } | undefined;
  #running = 0;

  get running(): number {
    return this.#running;
  }

  /** How many more requests may begin. */
  get free(): number {
    return this.#held - this.#running;
  }

  /** `most` is null where the plan limits no concurrency: then nothing is leased. */
  lease(most: number | null, lease: Lease): void {
    this.#leased = most === null ? undefined : { most, lease };
  }

  /** What is leased counts no more: it was of another plan. */
  forget(): void {
    this.#leased = undefined;
  }

  /** Takes a slot; to be called back once the request has ended, `released` then too. */
  take(released: () => void): () => void {
    this.#running += 1;
    let ended = false;
    return () => {
      if (ended) return;
      ended = true;
      this.#running -= 1;
      released();
    };
  }

  /** Whether more is leased than `wanted`, or a lease of running requests ends soon. */
  owes(wanted: number): boolean {
    if (!this.#leased) return false;
    const leftMs = this.#leased.lease.remainingMs();
    if (leftMs <= 0) return this.#running > 0;
    return this.#leased.most > wanted || (this.#running > 0 && leftMs < SLOT_LEASE_MS / 2);
  }

  get pending(): boolean {
    return this.#held > 0 || this.#running > 0;
  }

  get #held(): number {
    return this.#leased && this.#leased.lease.remainingMs() > 0 ? this.#leased.most : 0;
  }
}
