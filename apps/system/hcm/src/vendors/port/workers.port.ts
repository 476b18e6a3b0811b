import type { SweepPage } from '#capture';
import type { WorkerHistory } from '../../workers/worker-record.js';

/** Whole histories of workers, with their cost where the HCM states it. */
export interface Workers {
  /** Every worker there is, whole histories, of one moment. Throws rather than end early. */
  all(): AsyncIterable<SweepPage<WorkerHistory>>;
  /**
   * Histories of workers with entries since the moment `since`, or with entered changes that took
   * effect since; null: everybody. Cursors are instants, except for the pages of an unfinished
   * first reading.
   */
  changed(since: string | null): AsyncIterable<SweepPage<WorkerHistory> & { cursor: string }>;
}
