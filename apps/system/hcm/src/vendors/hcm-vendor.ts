import type { SweepPage } from '#capture';
import type { Vendor } from '#connector';
import type { VendorConnection, VendorDefinition } from '#service';
import type { WorkerHistory } from '../workers/worker-record.js';
import type { HcmAbility } from '#apis/hcm';

/** What every HCM must do for us. Canonical types only; Problems are thrown for what goes wrong. Nothing is ever written. */
export interface HcmVendor extends Vendor<HcmAbility> {
  /** Every worker there is, whole histories, of one moment. Throws rather than end early. */
  all(): AsyncIterable<SweepPage<WorkerHistory>>;
  /**
   * The histories of workers about whom something was entered since the moment `since`, or whose entered changes took effect since; null:
   * everybody. Cursors are instants, but for the pages of a first reading that isn't complete.
   */
  changed(since: string | null): AsyncIterable<SweepPage<WorkerHistory> & { cursor: string }>;
}

/** A vendor in the list. */
export interface HcmVendorDefinition<C extends object = object> extends VendorDefinition<HcmVendor, C> {
  connect(connection: VendorConnection<C> & { history: HistoryDepth; now?: () => Date }): HcmVendor;
}

/** How far back versions are read: from 1 January so many years ago. */
export interface HistoryDepth {
  years: number;
}
