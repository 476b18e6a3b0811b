export { Implements } from './apis/implements.decorator.js';
export { APP, ENVIRONMENT, layerOf, newestApi, type App, type AppDefinition } from './app-definition.js';
export { AccessAudit, notePayRead, noteRefusal } from './audit/access-audit.js';
export { Audit, type AuditEntry } from './audit/audit.js';
export { WritesNothing } from './audit/audit.interceptor.js';
export { ApiClient } from './client/api-client.js';
export { configurationDocument, type ConfigurationSection, type DocumentedSetting } from './config/configuration-document.js';
export {
  loadConfig,
  loadConfigs,
  Setting,
  SettingsError,
  LONGEST_WAIT_MS,
  settingsOf,
  type Environment,
  type SettingFault,
  type SettingOptions,
} from './config/setting.js';
export { WorkingDay } from './config/working-day.js';
export { AnswerCheck, type AnswerMismatch, type AnswerReport } from './conformance/answer-check.js';
export { ConformanceCheck, type ConformanceReport } from './conformance/conformance-check.js';
export { ConformanceError, type Finding } from './conformance/finding.js';
export { context, currentContext, runInContext, type Context } from './context/context.js';
export { rootOf } from './app-root.js';
export { adapterOf, withAppView as asItself, createApp, prepare } from './create-app.js';
export { Readiness, type Check } from './health/readiness.js';
export { IdempotencyStore } from './idempotency/idempotency.store.js';
export { configureLog, log } from './logs/log.js';
export { isAway, outage, Outages } from './logs/outage.js';
export { redact, redactText } from './logs/redact.js';
export { Metrics } from './metrics/metrics.js';
export { IsHttpUrl } from './config/http-url-rule.js';
export { documentsOf, emitOpenApi } from './openapi/emit-openapi.js';
export { decodeCursor, DEFAULT_PAGE_SIZE, encodeCursor, pageOf, PageOf } from './openapi/page.js';
export { routeByPrefix, type MountedApp } from './prefix-router.js';
export { graphqlProblem } from './problems/graphql-problem.js';
export { problemBody, problemOfAnswer, statusOf, type ProblemBody } from './problems/problem-body.js';
export { graphqlError } from './problems/problem.filter.js';
export { serve } from './serve.js';
export { ServiceConfig } from './service.config.js';
export { configClassesOf, configure, ServiceModule } from './service.module.js';
export { Account } from './account/account.js';
export { UsageRecorder } from './usage/usage-recorder.js';
export { serviceMigrations } from './service.migrations.js';
export { faultsOf, RequestValidation } from './validation/request-validation.pipe.js';
export { checkedItem, itemProblem } from './validation/checked-item.js';
export { ChecksItsTexts } from './validation/text.interceptor.js';
export { VENDOR, type VendorConnection, type VendorDefinition } from './vendors/vendor.js';
