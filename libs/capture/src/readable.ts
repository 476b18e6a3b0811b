import { isOwnFault } from '#persistence';
import type { Unreadable } from './feed.js';

/** Records of a page as our mapping reads them, and those that it can't, each by itself. */
export class Readable<T> {
  readonly items: T[] = [];
  readonly unreadable: Unreadable[] = [];

  /** Reads one; what is not its own fault is thrown. `id` is its canonical id, `nativeId` the vendor's. */
  async take(named: { id: string; nativeId: string }, read: () => T[] | Promise<T[]>): Promise<void> {
    try {
      this.items.push(...(await read()));
    } catch (error) {
      if (!isOwnFault(error)) throw error;
      this.unreadable.push({ ...named, error });
    }
  }
}
