import type { SweepPage } from '#capture';
import type { WorkerHistory } from '../../workers/worker-record.js';

/** Whole histories of workers; what they cost with them, where the HCM tells it. */
export interface Workers {
  /** Every worker there is, whole histories, of one moment. Throws rather than end early. */
  all(): AsyncIterable<SweepPage<WorkerHistory>>;
  /**
   * The histories of workers about whom something was entered since the moment `since`, or whose entered changes took effect since; null:
   * everybody. Cursors are instants, but for the pages of a first reading that isn't complete.
   */
  changed(since: string | null): AsyncIterable<SweepPage<WorkerHistory> & { cursor: string }>;
}
