export { Decisions } from './decisions.js';
export { ownershipMigrations } from './ownership.migrations.js';
export { OwnershipModule } from './ownership.module.js';
export {
  type Answer,
  attributesWith,
  ownedByTarget,
  isQuestion,
  isSoldRate,
  ITSELF,
  NOTHING,
  type Decision,
  type Detail,
  type Drift,
  driftOf,
  OUTCOMES,
  POLICIES,
  type Policy,
  type Outcome,
  outcomeOf,
  type Question,
  questionNeed,
  questionsOf,
  SOLD_RATE,
} from './ownership.rules.js';
