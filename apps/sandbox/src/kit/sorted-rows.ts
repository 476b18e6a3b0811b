const CHUNK = 1000;

/**
 * Rows in the order of `compare`, which is kept while they change. Any position can be read by its
 * number or found by a bound, without walking the rows before it. They are sorted when first read.
 */
export class SortedRows<T> {
  /**
   * Parts of the order, none empty and none much longer than CHUNK: an insert or a removal touches
   * only one of them.
   */
  #chunks: T[][] | null = null;

  constructor(
    private readonly compare: (a: T, b: T) => number,
    private readonly rows: ReadonlyMap<string, T>,
  ) {}

  get size(): number {
    return this.rows.size;
  }

  /**
   * The number of rows before the first one for which `reached` holds. Once it holds for a row, it
   * must hold for all later ones.
   */
  rank(reached: (row: T) => boolean): number {
    let before = 0;
    for (const chunk of this.#sorted()) {
      if (!reached(chunk.at(-1)!)) before += chunk.length;
      else return before + placeOf(chunk, reached);
    }
    return before;
  }

  /** The rows from place `from`, while `to` isn't reached; backwards from `to` when asked. */
  *between(from: number, to: number, backwards = false): Generator<T> {
    const chunks = this.#sorted();
    const [first, last] = [Math.max(from, 0), Math.min(to, this.size)];
    let start = backwards ? this.size : 0;
    for (let n = 0; n < chunks.length; n++) {
      const chunk = chunks[backwards ? chunks.length - 1 - n : n];
      if (backwards) start -= chunk.length;
      const [low, high] = [Math.max(first - start, 0), Math.min(last - start, chunk.length)];
      if (backwards) for (let at = high - 1; at >= low; at--) yield chunk[at];
      else for (let at = low; at < high; at++) yield chunk[at];
      if (!backwards) start += chunk.length;
      if (backwards ? start <= first : start >= last) return;
    }
  }

  // ---- as an index of a table ----

  enter(row: T): void {
    if (this.#chunks) this.#insert(this.#chunks, row);
  }

  replace(before: T | undefined, after: T | undefined): void {
    if (!this.#chunks) return;
    if (before !== undefined) this.#remove(this.#chunks, before);
    if (after !== undefined) this.#insert(this.#chunks, after);
  }

  #sorted(): T[][] {
    if (this.#chunks) return this.#chunks;
    const rows = [...this.rows.values()].sort(this.compare);
    this.#chunks = Array.from({ length: Math.ceil(rows.length / CHUNK) }, (_, n) => rows.slice(n * CHUNK, (n + 1) * CHUNK));
    return this.#chunks;
  }

  #insert(chunks: T[][], row: T): void {
    const n = this.#chunkOf(chunks, row);
    if (n === chunks.length) {
      const last = chunks.at(-1);
      if (last && last.length < CHUNK) last.push(row);
      else chunks.push([row]);
      return;
    }
    const chunk = chunks[n];
    chunk.splice(
      placeOf(chunk, other => this.compare(other, row) >= 0),
      0,
      row,
    );
    if (chunk.length > 2 * CHUNK) chunks.splice(n, 1, chunk.slice(0, CHUNK), chunk.slice(CHUNK));
  }

  #remove(chunks: T[][], row: T): void {
    const n = this.#chunkOf(chunks, row);
    const chunk = chunks[n];
    chunk.splice(
      placeOf(chunk, other => this.compare(other, row) >= 0),
      1,
    );
    if (chunk.length === 0) chunks.splice(n, 1);
  }

  /** The first chunk that doesn't end before `row`. */
  #chunkOf(chunks: T[][], row: T): number {
    return placeOf(chunks, chunk => this.compare(chunk.at(-1)!, row) >= 0);
  }
}

/** The first place at which `reached` holds; it holds for all after it. */
function placeOf<E>(list: readonly E[], reached: (entry: E) => boolean): number {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (reached(list[middle])) high = middle;
    else low = middle + 1;
  }
  return low;
}
