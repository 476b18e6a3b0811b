import type { ErpVendorDefinition } from './erp-vendor.js';
import { netsuite } from './netsuite/netsuite.vendor.js';

/** The one list of ERPs. */
export const vendors: ErpVendorDefinition[] = [netsuite];
