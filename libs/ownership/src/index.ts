export { Decisions } from './decisions.js';
export { ownershipMigrations } from './ownership.migrations.js';
export { OwnershipModule } from './ownership.module.js';
export {
  type Answer,
  attributesWith,
  ownedByTarget,
  isQuestion,
  ITSELF,
  NOTHING,
  type Decision,
  type Detail,
  type Drift,
  driftOf,
  POLICIES,
  type Policy,
  outcomeOf,
  type Question,
  questionNeed,
  questionsOf,
  SOLD_RATE,
  soldRateNeed,
} from './ownership.rules.js';
