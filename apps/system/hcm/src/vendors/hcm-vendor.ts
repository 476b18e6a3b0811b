import type { Type } from '@nestjs/common';
import type { SweepPage } from '#capture';
import type { Finding, VendorClock } from '#connector';
import type { Database } from '#persistence';
import type { Metrics } from '#service';
import type { WorkerHistory } from '../workers/worker-record.js';

/** What every HCM must do for us. Canonical types only; Problems are thrown for what goes wrong. Nothing is ever written. */
export interface HcmVendor {
  readonly account: string;
  /** How the vendor's clock stands beside ours. */
  readonly clock: VendorClock;
  /** Every worker there is, whole histories, of one moment. Throws rather than end early. */
  all(): AsyncIterable<SweepPage<WorkerHistory>>;
  /**
   * The histories of workers about whom something was entered since the moment `since`, or whose entered changes took effect since; null:
   * everybody. Cursors are instants, but for the pages of a first reading that isn't complete.
   */
  changed(since: string | null): AsyncIterable<SweepPage<WorkerHistory> & { cursor: string }>;
  /** Logs in, reads one page of each thing needed and says what is missing. */
  check(): Promise<Finding[]>;
  close(): Promise<void>;
}

/** A vendor in the list: its name, its settings, and how it is reached. */
export interface HcmVendorDefinition<C extends object = object> {
  name: string;
  config: Type<C>;
  connect(o: { config: C; dataSource: Database; metrics: Metrics; history: HistoryDepth; now?: () => Date }): HcmVendor;
}

/** How far back versions are read: from 1 January so many years ago. */
export interface HistoryDepth {
  years: number;
}
