export { migrateEngine } from './dbos-engine.js';
export type { Finish, Flow, FlowException, FlowRun, TellStep } from './flow.js';
export { FlowModule } from './flow.module.js';
export { flowMigrations } from './flow.migrations.js';
export { Lanes } from './lanes.js';
export { FlowConfig } from './flow.config.js';
export { FailedStep, type JournaledProblem, Refused } from './step.js';
