import type { Type } from '@nestjs/common';
import type { Database } from '#persistence';
import type { Metrics } from '../metrics/metrics.js';

/** What a vendor's adapter receives. */
export interface VendorConnection<C extends object = object> {
  config: C;
  dataSource: Database;
  metrics: Metrics;
}

/**
 * A product that an app's back end may be: its name, its settings, and how it is reached. Nothing
 * is sent before the first call.
 */
export interface VendorDefinition<V extends object = object, C extends object = object> {
  name: string;
  config: Type<C>;
  connect(connection: VendorConnection<C>): V;
}

/** Injects the definition of the chosen vendor. */
export const VENDOR = Symbol('throughline:vendor');
