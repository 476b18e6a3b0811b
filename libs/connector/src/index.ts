export { Abilities, type AbilityList } from './abilities.js';
export { AccountNames, notInAccount, refuseLacking } from './account-names.js';
export { ahead } from './ahead.js';
export {
  apiKey,
  type Authorization,
  type AuthScheme,
  basic,
  bearer,
  type ClientCredentials,
  type JwtAssertion,
  jwtAssertion,
  none,
  oauthClientCredentials,
} from './auth-scheme.js';
export { Batches, type BatchFacts, type BatchLog } from './batch-log.js';
export type { Batch, BatchMeans, BatchState, Followed, Submitted } from './batch.js';
export { type BatchParts, BatchWriter, type BatchWriterOptions } from './batch-writer.js';
export { chunksOf } from './chunks.js';
export { INSTANT, nextCursor, notAheadOf, withinClock } from './clock.rules.js';
export { codeOf, wordsOf } from './code-words.js';
export { Connector, type ConnectorOptions } from './connector.js';
export { connectorMigrations } from './connector.migrations.js';
export { dayPeriods } from './day-periods.js';
export { ensureMade } from './ensure-made.js';
export { type CheckResult, checkResult } from './check-result.js';
export type { VendorRecord, FoundOfSet } from './vendor-record.js';
export { NAME_PAIR, namePairs } from './name-pairs.js';
export { Needs } from './needs.js';
export { type NumberedPage, numberedPages, pagesAhead } from './numbered-pages.js';
export { WRITE_GUARANTEES, type WriteGuarantee, type OnceKind } from './once-kinds.js';
export { OnceWriter } from './once-writer.js';
export { pagesByChange } from './pages-by-change.js';
export { Paging } from './paging.js';
export { QuotaGate, type QuotaGateOptions } from './quota-gate.js';
export { inParallel } from './in-parallel.js';
export { Recent } from './recent.js';
export { redactHeaders, redactText } from './redaction.js';
export { CODE_CLASSES, classify, type CodeClass, type CodeRow, type CodeTable, type Refusal, refusalProblem } from './refusals.js';
export { refusedTogether } from './refused-together.js';
export { NONE, rowFields, type Row } from './row-fields.js';
export { element, elements, elementText, escapeXml, everyElement, type ParsedXml, soapBody, soapEnvelope } from './soap.js';
export { throughPassing } from './through-passing.js';
export { retryAfterMs, type VendorAnswer, type VendorCall } from './vendor-answer.js';
export { SeenChanges } from './seen-changes.js';
export { knownLengths, lengthFaults, lengthPattern, type TextField, type TextFields, textsIn } from './text-lengths.js';
export { checkVendor } from './vendor-check.js';
export { VendorClock } from './vendor-clock.js';
export { type Vendor, VendorModule, type VendorOptions } from './vendor.module.js';
export { WholeLook } from './whole-look.js';
