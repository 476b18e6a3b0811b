export { daysAgo } from './days-ago.js';
export { fieldDeprecationHeaders, governedRoutes } from './deprecation-headers.js';
export type { Acknowledgement } from './retirement/acknowledgement.table.js';
export {
  findAcknowledgement,
  listAcknowledgements,
  putAcknowledgement,
  removeAcknowledgement,
  type Acknowledged,
} from './retirement/acknowledgements.js';
export { retirementMigrations } from './retirement/retirement.migrations.js';
export type { LastUse } from './retirement/retirement.rules.js';
export type { BrownOut, Retirement, RetirementApproval } from './retirement/retirement.table.js';
export {
  announceBrownOuts,
  findRetirement,
  listRetirements,
  retire,
  Retirements,
  withdrawRetirement,
  type AnnouncedEnding,
  type Ending,
  type RetireOptions,
} from './retirement/retirements.js';
export * from './versions.js';
export { operationUses, type OperationUse } from './usage/operation-uses.js';
export { UsageCounts } from './usage/usage-counts.js';
export { addUsage, forgetUsage, usesOf, type Used, type UsesAsked } from './usage/usage-store.js';
export { usageMigrations } from './usage/usage.migrations.js';
