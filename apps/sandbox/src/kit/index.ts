export * from './clock.js';
export * from './control.js';
export * from './fault-form.js';
export * from './faults.js';
export * from './ledger.js';
export * from './store.js';
export * from './vendor.js';
export * from './vendor-server.js';
