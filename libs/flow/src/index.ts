export { migrateEngine } from './dbos-engine.js';
export type { About, AppliedThing, Done, Finish, Flow, FlowException, FlowRun, AppliedMessage, StepMessage } from './flow.js';
export { FlowModule } from './flow.module.js';
export { flowMigrations } from './flow.migrations.js';
export { type Process, processMigrations, ProcessModule } from './process.module.js';
export { Lanes } from './lanes.js';
export { FlowConfig } from './flow.config.js';
export { FailedStep, type JournaledProblem, Refused } from './step.js';
