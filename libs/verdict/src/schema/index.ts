export { SchemaComparison, type SchemaUse } from './comparison.js';
export { RULES as SCHEMA_RULES } from './rules.js';
