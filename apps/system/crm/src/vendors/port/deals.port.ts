import type { Deal } from '#canonical';
import type { SweepPage } from '#capture';

/** Deals with their roles, and milestones where the CRM keeps any. */
export interface Deals {
  /** Read now, by the vendor's own id; null when it does not exist or was deleted. */
  get(nativeId: string): Promise<Deal | null>;
  /**
   * Deals that changed since the cursor, and those with changed lines, milestones or customer, in
   * pages; null: all. The same deal may come again. Cursors are instants.
   */
  changed(since: string | null): AsyncIterable<SweepPage<Deal> & { cursor: string }>;
  /** Everything there is; throws rather than end early. */
  all(): AsyncIterable<SweepPage<Deal>>;
}
