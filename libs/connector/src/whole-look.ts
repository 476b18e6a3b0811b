/**
 * Reads the whole overlap of a feed, besides its short readings. Not each time, since a change of
 * thousands would be listed again and again. Each whole reading starts where the one before
 * started, less the overlap, so that a change that becomes visible late is not missed.
 */
export class WholeLook {
  /** When the last one started, by the vendor's clock, in ms. */
  #begun: number | undefined;

  /** Where the next whole reading starts, if one is due. */
  dueFrom(since: string, overlapMs: number): string | undefined {
    const before = this.#begun ?? Date.parse(since) - overlapMs;
    return Date.parse(since) - before < overlapMs ? undefined : new Date(Math.min(before, Date.parse(since)) - overlapMs).toISOString();
  }

  /** Call after the reading was done and its records were saved. */
  done(begun: number): void {
    this.#begun = begun;
  }
}
