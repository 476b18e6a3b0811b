export * from './change.js';
export * from './document/index.js';
export * from './schema/index.js';
