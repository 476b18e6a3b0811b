import { Module, type DynamicModule, type Provider, type Type } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR, APP_PIPE, DiscoveryModule } from '@nestjs/core';
import { TerminusModule } from '@nestjs/terminus';
import { AccessGuard, AuthenticationGuard, AuthModule, type KeepingOptions } from '#auth';
import { Budgets, ClientThrottlerGuard, ThrottlingModule } from '#throttling';
import { Database } from '#persistence';
import { Retirements } from '#versioning';
import { translatedController, TranslatedOperations } from './apis/translated-operations.js';
import { APP, ENVIRONMENT, type AppDefinition } from './app-definition.js';
import { AccessAudit } from './audit/access-audit.js';
import { Audit } from './audit/audit.js';
import { AuditInterceptor } from './audit/audit.interceptor.js';
import { ApiClient } from './client/api-client.js';
import { addressesOf, clientConfigOf, type ClientConfig } from './client/client.config.js';
import { AnswerCheck } from './conformance/answer-check.js';
import { ConformanceCheck } from './conformance/conformance-check.js';
import { loadConfigs, type Environment } from './config/setting.js';
import { ENTRANCE, entranceOf } from './entrance/entrance.js';
import { LifetimeInterceptor } from './entrance/lifetime.interceptor.js';
import { Account } from './account/account.js';
import { AccountController } from './account/account.controller.js';
import { HealthController } from './health/health.controller.js';
import { IssuerWatch } from './health/issuer-watch.js';
import { Readiness } from './health/readiness.js';
import { IdempotencyInterceptor } from './idempotency/idempotency.interceptor.js';
import { IdempotencyStore } from './idempotency/idempotency.store.js';
import { Metrics } from './metrics/metrics.js';
import { PlanMetrics } from './metrics/plan-metrics.js';
import { MetricsController } from './metrics/metrics.controller.js';
import { Documents } from './openapi/documents.js';
import { OpenApiController } from './openapi/openapi.controller.js';
import { ProblemFilter } from './problems/problem.filter.js';
import { ReferenceController } from './reference/reference.controller.js';
import { ServiceConfig } from './service.config.js';
import { UsageRecorder } from './usage/usage-recorder.js';
import { RequestValidation } from './validation/request-validation.pipe.js';
import { TextInterceptor } from './validation/text.interceptor.js';
import { VENDOR, type VendorDefinition } from './vendors/vendor.js';
import { chosenVendor, vendorChoiceOf } from './vendors/vendor-choice.js';

/** The checked configuration that an app was started with. */
export interface AppConfiguration {
  env: Environment;
  service: ServiceConfig;
  /** Config objects by their class. */
  others: Map<Type<object>, object>;
  /** The chosen vendor, for apps that have vendors. */
  vendor?: VendorDefinition;
}

/** All config classes of an app besides ServiceConfig, whichever vendor is chosen. */
export const configClassesOf = (def: AppDefinition): Type<object>[] => [...ownClassesOf(def), ...(def.vendors ?? []).map(({ config }) => config)];

/** The config classes of the app as a client, of its choice of a vendor, and its own. */
const ownClassesOf = (def: AppDefinition): Type<object>[] => [
  ...(def.calls ? [clientConfigOf(def)] : []),
  ...(def.vendors ? [vendorChoiceOf(def)] : []),
  ...(def.config ?? []),
];

/**
 * Reads and checks an app's whole configuration; throws one SettingsError with every fault. A
 * vendor that isn't chosen needs no settings.
 */
export function configure(def: AppDefinition, env: Environment): AppConfiguration {
  const vendor = chosenVendor(def, env);
  const classes = [...ownClassesOf(def), ...(vendor ? [vendor.config] : [])];
  const [service, ...others] = loadConfigs([ServiceConfig, ...classes], env);
  return { env, service: service as ServiceConfig, others: new Map(classes.map((type, i) => [type, others[i]])), vendor };
}

/** A configuration without settings, for emitting documents: nothing is started with it. */
export const unconfigured = (def: AppDefinition): AppConfiguration => ({
  env: {},
  service: Object.assign(new ServiceConfig(), { issuerUrl: 'http://issuer.invalid', gatewayUrl: 'http://gateway.invalid' }),
  others: new Map(configClassesOf(def).map(type => [type, {}])),
  vendor: def.vendors?.[0],
});

/**
 * What every app gets: configuration, authentication and scopes, throttling, validation, problems,
 * idempotency, audit, health, metrics, its OpenAPI documents. The module is global, so its
 * providers can be injected anywhere in the app. `createApp` adds it beside the app's own module,
 * which need not mention it.
 */
@Module({})
export class ServiceModule {
  static forApp(def: AppDefinition, configured: AppConfiguration): DynamicModule {
    const { env, service, others, vendor } = configured;
    const provided: Provider[] = [
      { provide: APP, useValue: def },
      { provide: ENVIRONMENT, useValue: env },
      { provide: ServiceConfig, useValue: service },
      ...[...others].map(([type, useValue]) => ({ provide: type, useValue })),
      { provide: VENDOR, useValue: vendor },
      { provide: ApiClient, useFactory: () => apiClientOf(def, configured) },
      Audit,
      AccessAudit,
      Documents,
      IdempotencyStore,
      Metrics,
      Account,
      Readiness,
      UsageRecorder,
      IssuerWatch,
      PlanMetrics,
      AnswerCheck,
      ConformanceCheck,
      TranslatedOperations,
      {
        provide: Retirements,
        useFactory: (database?: Database) => new Retirements(database, def.name, def.apis),
        inject: [{ token: Database, optional: true }],
      },
    ];
    return {
      module: ServiceModule,
      global: true,
      imports: [
        DiscoveryModule,
        AuthModule.forApp({ issuerUrl: service.issuerUrl, keeping: keepingOf(service) }),
        ThrottlingModule.forApp({ perMinute: service.rateLimitPerMinute, perMinuteOfAddress: service.rateLimitPerMinuteOfAddress }),
        TerminusModule.forRoot({ logger: false }),
      ],
      controllers: [
        AccountController,
        HealthController,
        MetricsController,
        OpenApiController,
        ReferenceController,
        ...def.apis.flatMap(translatedController),
      ],
      providers: [
        ...provided,
        { provide: ENTRANCE, useFactory: entranceOf, inject: [AuthenticationGuard, Budgets, ClientThrottlerGuard, Retirements, APP] },
        // in the order in which they run; the entrance ran before them all, in the server's first
        // hook
        { provide: APP_GUARD, useExisting: AccessGuard },
        { provide: APP_INTERCEPTOR, useClass: LifetimeInterceptor },
        { provide: APP_INTERCEPTOR, useClass: TextInterceptor },
        { provide: APP_INTERCEPTOR, useClass: IdempotencyInterceptor },
        { provide: APP_INTERCEPTOR, useClass: AuditInterceptor },
        { provide: APP_PIPE, useClass: RequestValidation },
        { provide: APP_FILTER, useClass: ProblemFilter },
      ],
      exports: [ThrottlingModule, ...provided.map(provider => (typeof provider === 'function' ? provider : provider.provide))],
    };
  }
}

const keepingOf = ({ issuerKeysRefreshSeconds, issuerKeysMaxAgeHours }: ServiceConfig): KeepingOptions => ({
  refreshMs: issuerKeysRefreshSeconds * 1000,
  greatestAgeMs: issuerKeysMaxAgeHours * 3_600_000,
});

/**
 * The app's client for other apps: under its own name, with the scopes of the operations that it
 * uses, and `act-for` for the people it serves.
 */
function apiClientOf(def: AppDefinition, { service, others }: AppConfiguration): ApiClient {
  const { calls = [] } = def;
  const config = others.get(clientConfigOf(def)) as ClientConfig | undefined;
  const scopes = calls.flatMap(({ operations }) => Object.values(operations).map(({ scope }) => scope));
  return new ApiClient({
    clientId: config?.clientId ?? '',
    clientSecret: config?.clientSecret ?? '',
    scope: [...new Set([...scopes, 'act-for'])].join(' '),
    baseUrl: service.gatewayUrl,
    addresses: config ? addressesOf(config, def) : {},
    issuerUrl: service.issuerUrl,
  });
}
