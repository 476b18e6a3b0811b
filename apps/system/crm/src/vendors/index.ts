import type { CrmVendorDefinition } from './crm-vendor.js';
import { salesforce } from './salesforce/salesforce.vendor.js';

/** Every CRM there is an adapter for. */
export const vendors: readonly [CrmVendorDefinition, ...CrmVendorDefinition[]] = [salesforce];
