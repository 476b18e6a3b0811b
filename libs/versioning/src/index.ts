export * from './deprecated.decorator.js';
export * from './deprecation.interceptor.js';
export * from './versions.js';
export { operationUses, type OperationUse } from './usage/operation-uses.js';
export { UsageCounts } from './usage/usage-counts.js';
export { addUsage, forgetUsage, MOST_USED, usedSince, type Used } from './usage/usage-store.js';
export { usageMigrations } from './usage/usage.migrations.js';
