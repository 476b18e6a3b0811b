/**
 * Values by key; when there are too many, the older half is forgotten. Uses two maps, because
 * deleting the oldest entries of one map again and again walks it from its beginning each time: a
 * flood of keys would cost the square.
 */
export class Recent<V> {
  #young = new Map<string, V>();
  #old = new Map<string, V>();

  constructor(private readonly most: number) {}

  get(key: string): V | undefined {
    return this.#young.get(key) ?? this.#old.get(key);
  }

  set(key: string, value: V): void {
    if (this.#young.size * 2 >= this.most) this.forgetOlder();
    this.#young.set(key, value);
  }

  /** The value of a key, which then counts as new; made when there is none. */
  touch(key: string, make: () => V): V {
    const young = this.#young.get(key);
    if (young !== undefined) return young;
    const value = this.#old.get(key) ?? make();
    this.set(key, value);
    return value;
  }

  delete(key: string): void {
    this.#young.delete(key);
    this.#old.delete(key);
  }

  /** Forgets the older half; the entries of now become the older half. */
  forgetOlder(): void {
    this.#old = this.#young;
    this.#young = new Map();
  }

  /** Number of entries, some of them perhaps counted twice. */
  get size(): number {
    return this.#young.size + this.#old.size;
  }
}
