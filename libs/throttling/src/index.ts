export * from './budgets.js';
export * from './throttling.module.js';
