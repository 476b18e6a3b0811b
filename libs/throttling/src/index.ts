export * from './budgets.js';
export * from './client-throttler.guard.js';
export * from './throttling.module.js';
