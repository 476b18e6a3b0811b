import type { Customer } from '#canonical';
import type { SweepPage } from '#capture';

/** Whom deals are with. */
export interface Customers {
  /** Read now, by the vendor's own id; null when it does not exist or was deleted. */
  get(nativeId: string): Promise<Customer | null>;
  /**
   * Canonical id of the customer that a deleted one was merged into; null when it was not merged,
   * or still exists.
   */
  survivorOf(nativeId: string): Promise<string | null>;
  /** Customers that changed since the cursor, in pages; null: all. Cursors are instants. */
  changed(since: string | null): AsyncIterable<SweepPage<Customer> & { cursor: string }>;
  /** Everything there is; throws rather than end early. */
  all(): AsyncIterable<SweepPage<Customer>>;
}
