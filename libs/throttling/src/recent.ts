/**
 * Values by key, of which the older half is forgotten when there are too many. Two maps instead of one whose oldest entry is deleted:
 * a map that loses its first entries again and again is walked from its beginning each time, so that a flood of keys costs the square.
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

  delete(key: string): void {
    this.#young.delete(key);
    this.#old.delete(key);
  }

  /** Forgets what was older at the last time; what is here now is the older half from here on. */
  forgetOlder(): void {
    this.#old = this.#young;
    this.#young = new Map();
  }

  /** Entries held, some of them perhaps twice. */
  get size(): number {
    return this.#young.size + this.#old.size;
  }
}
