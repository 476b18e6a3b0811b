export { eventually, type EventuallyOptions } from './eventually.js';
export { testDatabase, type TestDatabase } from './test-database.js';
