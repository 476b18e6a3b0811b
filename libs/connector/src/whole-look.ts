/**
 * A look over the whole overlap of a feed, beside its short looks: not each time, or what thousands change at once would be listed again and
 * again. Each begins where the one before did, less the overlap, so that nothing that shows that late falls between two.
 */
export class WholeLook {
  /** When the last one began, by the vendor's clock, in ms. */
  #begun: number | undefined;

  /** From when it reads, if one is due. */
  dueFrom(since: string, overlapMs: number): string | undefined {
    const before = this.#begun ?? Date.parse(since) - overlapMs;
    return Date.parse(since) - before < overlapMs ? undefined : new Date(Math.min(before, Date.parse(since)) - overlapMs).toISOString();
  }

  /** It was read, and what it read is kept. */
  done(begun: number): void {
    this.#begun = begun;
  }
}
