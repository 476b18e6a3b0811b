export { compareSchemas } from './compare-schemas.js';
