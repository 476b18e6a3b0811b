export { addressOf, Budgets, type BudgetsWatcher } from './budgets.js';
export { ClientThrottlerGuard } from './client-throttler.guard.js';
export { OLDER_HEADERS_UNTIL } from './headers.rules.js';
export { permitsMigrations } from './permits/permits.migrations.js';
export { canChange, planFaults } from './plans/plan.rules.js';
export { type Plan } from './plans/plan.table.js';
export { plansMigrations } from './plans/plans.migrations.js';
export { holdPlan, planOf, Plans, putPlan, removePlan } from './plans/plans.js';
export { ThrottlingModule } from './throttling.module.js';
