import type { HcmVendorDefinition } from './port/hcm.port.js';
import { workday } from './workday/workday.vendor.js';

/** The vendors there are; `HCM_VENDOR` chooses one. */
export const vendors: HcmVendorDefinition[] = [workday];
