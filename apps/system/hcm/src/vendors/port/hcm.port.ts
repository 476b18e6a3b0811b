import type { Vendor } from '#connector';
import type { VendorConnection, VendorDefinition } from '#service';
import type { Workers } from './workers.port.js';
import type { HcmAbility } from '#apis/hcm';

/**
 * What every HCM must do for us, by capability. Canonical types only; failures are thrown as
 * Problems. Nothing is ever written.
 */
export interface HcmVendor extends Vendor<HcmAbility> {
  readonly workers: Workers;
}

/** A vendor in the list. */
export interface HcmVendorDefinition<C extends object = object> extends VendorDefinition<HcmVendor, C> {
  connect(connection: VendorConnection<C> & { history: HistoryDepth; now?: () => Date }): HcmVendor;
}

/** How far back versions are read: from 1 January so many years ago. */
export interface HistoryDepth {
  years: number;
}
