/** A record's change: named by the record and the time it was last changed, which is `at`, in ms. */
export interface SeenChange {
  key: string;
  at: number;
}

/**
 * Changes that were read already, so that the overlap of two readings costs no second look. Vendors tell times by seconds, so a
 * change counts as read only when its time was over by `settledMs`: in the same second it may change again unseen. A time that is
 * still to come by our clock tells nothing; such a change counts once it was read twice that far apart.
 */
export class SeenChanges {
  readonly #seen = new Map<string, { at: number; firstMs: number; settled: boolean }>();

  constructor(private readonly settledMs: number) {}

  has(key: string): boolean {
    return this.#seen.get(key)?.settled ?? false;
  }

  /** `asOf`: up to when the reading shows every change, in ms. */
  note(changes: Iterable<SeenChange>, asOf: number): void {
    for (const { key, at } of changes) {
      const now = performance.now();
      const { firstMs, settled } = this.#seen.get(key) ?? { firstMs: now, settled: false };
      this.#seen.set(key, { at, firstMs, settled: settled || asOf - at >= this.settledMs || now - firstMs >= this.settledMs });
    }
  }

  /** What no reading from there on shows again. */
  forgetBefore(at: number): void {
    for (const [key, seen] of this.#seen) if (seen.at < at) this.#seen.delete(key);
  }
}
