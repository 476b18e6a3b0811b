export { cancel, whileWanted } from './cancel.js';
export { type Clock, systemClock } from './clock.js';
export { type DatabaseOptions, DatabaseModule, dataSourceFor } from './database.module.js';
export { databaseUrl } from './database-url.js';
export { migrate, type MigrationClass } from './migrate.js';
export { queueHead } from './queue-head.js';
export { signal, signalOf, Signals, signalsOf } from './signals.js';
export { inTransaction, type TransactionOptions } from './transaction.js';
export { currentView, type View, withFullView, withView } from './view.js';
