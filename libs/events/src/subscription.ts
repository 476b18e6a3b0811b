import type { EventType, RecordedEvent } from '#canonical';
import type { Transaction } from '#persistence';

export interface Subscription {
  /** Unique in the database; the cursor belongs to it. */
  name: string;
  types: EventType[] | '*';
  /** Where a subscription that is new begins: at the first event ever (default) or at what comes next. */
  from?: 'start' | 'now';
  /** Does its work in `em`: work and cursor commit together or not at all. What an event's own fault is sets that one
   * aside; other errors are logged and the batch comes again. */
  handle(em: Transaction, events: RecordedEvent[]): Promise<void>;
  /** Most events in one transaction, 200 by default. */
  batch?: number;
  /**
   * Whether an event states all there is of its key, so that a newer one goes before an older one that was set aside. Else it waits
   * behind that (the default).
   */
  whole?: boolean | ((event: RecordedEvent) => boolean);
  /** Of which keys a newer event has to wait although it states the whole. */
  holds?(em: Transaction, keys: string[]): Promise<string[]>;
  /** Whose order an event keeps for this reader; its key if not said. */
  keyOf?(event: RecordedEvent): string;
  /** An event of many things as several of one, so that one of them can be set aside. */
  parts?(event: RecordedEvent): RecordedEvent[];
  /** Told of an event that is set aside. */
  rejected?(event: RecordedEvent): void;
}
