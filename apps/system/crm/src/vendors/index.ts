import type { CrmVendorDefinition } from './port/crm.port.js';
import { salesforce } from './salesforce/salesforce.vendor.js';

/** Every CRM there is an adapter for. */
export const vendors: readonly [CrmVendorDefinition, ...CrmVendorDefinition[]] = [salesforce];
