export * from './budgets.js';
export * from './client-throttler.guard.js';
export * from './throttling.module.js';
export { type Plan } from './plans/plan.table.js';
export { plansMigrations } from './plans/plans.migrations.js';
export { Plans, putPlan, removePlan } from './plans/plans.js';
