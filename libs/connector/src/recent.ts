import { RecordFault } from '#canonical';
import { chunksOf } from './chunks.js';

const KEPT = 20_000;

/** What was learnt lately, by key; the oldest is forgotten first, and learnt again when it is asked for. */
export class Recent<V> {
  readonly #values = new Map<string, V>();

  get(key: string): V | undefined {
    return this.#values.get(key);
  }

  /** Of many keys: what is remembered, and the rest as it is read, so many at a time. Why one can't be read is answered, not remembered. */
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
