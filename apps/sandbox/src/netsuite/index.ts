export { createNetsuite, LARKFIELD_FIELDS, type NetsuiteOptions } from './netsuite.js';
export type { CustomField } from './schema.js';
