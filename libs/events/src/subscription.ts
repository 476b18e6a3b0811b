import type { EventType, RecordedEvent } from '#apis';
import type { Transaction } from '#persistence';

export interface Subscription {
  /** Unique in the database; the cursor is stored under it. */
  name: string;
  types: EventType[] | '*';
  /** Where a new subscription begins: at the first event ever (default) or at the next one. */
  from?: 'start' | 'now';
  /**
   * Does its work in `em`, so work and cursor commit together or not at all. An event that fails
   * because of its content is set aside; other errors are logged and the batch is retried.
   */
  handle(em: Transaction, events: RecordedEvent[]): Promise<void>;
  /** The most events in one transaction, 200 by default. */
  batch?: number;
  /**
   * Whether an event states everything about its key. If so, a newer one overtakes an older one
   * that was set aside; if not (the default), it waits behind it.
   */
  whole?: boolean | ((event: RecordedEvent) => boolean);
  /** Keys whose newer events must wait although they state the whole. */
  holds?(em: Transaction, keys: string[]): Promise<string[]>;
  /** The key whose order an event keeps for this reader; the event's own key by default. */
  keyOf?(event: RecordedEvent): string;
  /** Splits an event of many things into several of one, so that one of them can be set aside. */
  parts?(event: RecordedEvent): RecordedEvent[];
  /** Called with an event that is set aside. */
  rejected?(event: RecordedEvent): void;
}
