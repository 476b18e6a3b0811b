import { isOwnFault } from '#persistence';
import type { Unreadable } from './feed.js';

/** The name of a record that shows no id: its place in the list, from 1. */
export const rowName = (index: number): string => `row ${index + 1}`;

/** Records of a page as our mapping reads them, and those that it can't, each by itself. */
export class Readable<T> {
  readonly items: T[] = [];
  readonly unreadable: Unreadable[] = [];

  /** Reads one; what is not its own fault is thrown. `id` is its canonical id, where it tells it. */
  async take(named: Omit<Unreadable, 'error'>, read: () => T[] | Promise<T[]>): Promise<void> {
    try {
      this.items.push(...(await read()));
    } catch (error) {
      if (!isOwnFault(error)) throw error;
      this.unreadable.push({ ...named, error });
    }
  }
}
