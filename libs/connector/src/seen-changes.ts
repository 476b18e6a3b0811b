/** A change of a record: the record and the time of its last change, `at`, in ms. */
export interface SeenChange {
  key: string;
  at: number;
}

/**
 * Changes that were read already, so that the overlap of two readings needs no second look. Vendors
 * state times in seconds, and in the same second a record may change again unseen. So a change
 * counts as read only when its time had passed by `settledMs`. A time in the future by our clock
 * proves nothing; such a change counts once it was read twice that far apart.
 */
export class SeenChanges {
  readonly #seen = new Map<string, { at: number; firstMs: number; settled: boolean }>();

  constructor(private readonly settledMs: number) {}

  has(key: string): boolean {
    return this.#seen.get(key)?.settled ?? false;
  }

  /** `asOf`: the time up to which the reading shows every change, in ms. */
  note(changes: Iterable<SeenChange>, asOf: number): void {
    for (const { key, at } of changes) {
      const now = performance.now();
      const { firstMs, settled } = this.#seen.get(key) ?? { firstMs: now, settled: false };
      this.#seen.set(key, { at, firstMs, settled: settled || asOf - at >= this.settledMs || now - firstMs >= this.settledMs });
    }
  }

  /** Drops what no reading from there on shows again. */
  forgetBefore(at: number): void {
    for (const [key, seen] of this.#seen) if (seen.at < at) this.#seen.delete(key);
  }
}
