export * from './change.js';
export * from './document/index.js';
export * from './events/index.js';
export * from './schema/index.js';
