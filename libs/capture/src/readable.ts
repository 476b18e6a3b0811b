import { isOwnFault } from '#persistence';
import type { Unreadable } from './feed.js';

/** The name of a record that shows no id: its place in the list, from 1. */
export const rowName = (index: number): string => `row ${index + 1}`;

/** The records of a page: those that our mapping can read, and each one that it can't. */
export class Readable<T> {
  readonly items: T[] = [];
  readonly unreadable: Unreadable[] = [];

  /**
   * Reads one record. An error that is not the record's own fault is thrown. `id` is the record's
   * canonical id, if it shows one.
   */
  async take(named: Omit<Unreadable, 'error'>, read: () => T[] | Promise<T[]>): Promise<void> {
    try {
      this.items.push(...(await read()));
    } catch (error) {
      if (!isOwnFault(error)) throw error;
      this.unreadable.push({ ...named, error });
    }
  }
}
