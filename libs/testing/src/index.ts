export {
  aBillingCustomer,
  aBillingSchedule,
  aCustomer,
  aDeal,
  aDeclaration,
  aFinancialProject,
  aProject,
  aStaffingRequest,
  aWorker,
} from './builders.js';
export { alive } from './alive.js';
export { answersUnsupported } from './answers-unsupported.js';
export { built } from './built.js';
export { ManualClock } from './manual-clock.js';
export { LostAnswer, standIn, testGateway, type Handlers, type StandIn } from './stand-in.js';
export { CHROMIUM_OPTIONS, withoutChromium } from './chromium.js';
export { countStatements, transactionsAtRest } from './statements.js';
export { refuseUndocumentedAnswers } from './documented-answers.js';
export { differencesOf } from './differences-of.js';
export { eventually, type EventuallyOptions } from './eventually.js';
export { otherVendor, withAbilities } from './other-vendor.js';
export { problemOf } from './problem-of.js';
export { rawAnswer } from './raw-answer.js';
export { type FaultMatch, SandboxControl, type PlannedFault } from './sandbox-control.js';
export { OLDEST_POSTGRES, withoutOldestPostgres } from './oldest-postgres.js';
export { testApp, type TestApp } from './test-app.js';
export { testDatabase, type TestDatabase } from './test-database.js';
export { databaseEnvironment, installedIn, TEST_ROLES, urlAs } from './test-roles.js';
export { testIssuer, type TestIssuer, type TokenRequest } from './test-issuer.js';
export { testPlatform, type TestPlatform, type TestPlatformOptions } from './test-platform.js';
export { testServer, type TestServer } from './test-server.js';
export {
  sandboxProcess,
  type SandboxProcess,
  type SandboxProcessOptions,
  testSandboxes,
  type TestSandboxes,
  type TestSandboxesOptions,
} from './test-sandboxes.js';
export { type CodeExample, describeCodeTable } from './code-table.js';
export { describePoisonedFeeds, inJson, type FeedsUnderTest, type Poison, type PoisonedFeed, type Row } from './poisoned-feeds.fixture.js';
