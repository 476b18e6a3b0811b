export { cancel, whileWaitedFor, whileWanted } from './cancel.js';
export { type Installation, prepareDatabase } from './access/prepare.js';
export { APPS, databaseSetting, Roles } from './access/roles.js';
export { ROWS } from './access/rows.js';
export {
  Database,
  type FindOptionsWhere,
  IsNull,
  type MigrationInterface,
  Not,
  type QueryRunner,
  type Repository,
  type Transaction,
} from './database.js';
export { isDatabaseAway } from './database-away.js';
export { type DatabaseOptions, dataSourceFor, ownConnections } from './data-source.js';
export { DatabaseModule, databaseOptionsOf } from './database.module.js';
export { databaseUrl } from './database-url.js';
export { type Clock, systemClock } from './clock.js';
export { Kept, type KeptOptions } from './kept.js';
export { Lease, type Moment, renewing, thisMoment } from './lease.js';
export { migrate, type MigrationClass } from './migrate.js';
export { apart, isOwnFault, sqlState, type Apart } from './own-fault.js';
export { queueHead } from './queue-head.js';
export { refusedValue } from './refused-value.js';
export { TOP } from './checkout.js';
export { CONTRACTS, RELEASE, THIS_RELEASE } from './release.js';
export { isBelow } from './release.rules.js';
export { signal, signalOf, Signals, signalsOf } from './signals.js';
export { column, declaredTables, type ReadRow, recordset, table, type WrittenRow } from './table.js';
export { connectionOf, inTransaction, type TransactionOptions } from './transaction.js';
export { currentView, type View, withFullView, withView } from './view.js';
