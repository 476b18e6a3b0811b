export { ExceptionDesk, type NewException, type Releaser } from './exception-desk.js';
export { ExceptionsController } from './exceptions.controller.js';
export { ExceptionsModule } from './exceptions.module.js';
export { exceptionsMigrations } from './exceptions.migrations.js';
export { refuseOtherDesks } from './may-act.js';
export type { HeldTurn } from './exception-row.js';
export { unmetNeeds } from './unmet-needs.js';
