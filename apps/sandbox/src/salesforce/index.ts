export { createSalesforce } from './salesforce.js';
export type { SalesforceOptions } from './salesforce-options.js';
