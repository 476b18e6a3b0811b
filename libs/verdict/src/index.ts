export * from './change.js';
export * from './schema/index.js';
