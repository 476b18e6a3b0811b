import type { ErpVendorDefinition } from './port/erp.port.js';
import { netsuite } from './netsuite/netsuite.vendor.js';

/** The one list of ERPs. */
export const vendors: ErpVendorDefinition[] = [netsuite];
