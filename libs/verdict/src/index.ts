export * from './change.js';
