import { RecordFault } from '#canonical';
import { chunksOf } from './chunks.js';

const KEPT = 20_000;

/** A cache by key; the oldest entry is dropped first and read again when needed. */
export class Recent<V> {
  readonly #values = new Map<string, V>();

  get(key: string): V | undefined {
    return this.#values.get(key);
  }

  /**
   * Returns the cached values of many keys and reads the others, so many at a time. A fault of
   * reading is returned, but not cached.
   */
  async all<F extends RecordFault = never>(
    keys: string[],
    atOnce: number,
    read: (missing: string[]) => Promise<Map<string, V | F>>,
  ): Promise<Map<string, V | F>> {
    const wanted = [...new Set(keys)];
    const found = new Map<string, V | F>();
    for (const key of wanted) if (this.#values.has(key)) found.set(key, this.#values.get(key)!);
    const unknown = wanted.filter(key => !found.has(key));
    for (const missing of chunksOf(unknown, atOnce)) {
      for (const [key, value] of await read(missing)) {
        found.set(key, value);
        if (!(value instanceof RecordFault)) this.set(key, value);
      }
    }
    return found;
  }

  set(key: string, value: V): void {
    this.#values.delete(key);
    this.#values.set(key, value);
    if (this.#values.size > KEPT) this.#values.delete(this.#values.keys().next().value!);
  }

  delete(key: string): void {
    this.#values.delete(key);
  }
}
