export { createSalesforce } from './salesforce.js';
export { DEFAULT_ORG_ID, type SalesforceChoices, type SalesforceOptions } from './salesforce.options.js';
export { to18 } from './record-id.js';
