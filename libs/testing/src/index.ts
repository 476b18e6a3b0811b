export { eventually, type EventuallyOptions } from './eventually.js';
export { testDatabase, type TestDatabase } from './test-database.js';
export { testIssuer, type TestIssuer, type TokenWish } from './test-issuer.js';
