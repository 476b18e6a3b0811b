export { Decisions } from './decisions.js';
export { ownershipMigrations } from './ownership.migrations.js';
export { OwnershipModule } from './ownership.module.js';
export {
  attributesWith,
  ownedByTarget,
  isQuestion,
  type Decision,
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
} from './ownership.rules.js';
