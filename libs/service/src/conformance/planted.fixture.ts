import { Retirements } from '#versioning';
import { APP } from '../app-definition.js';
import { Module, type DynamicModule, type Type } from '@nestjs/common';
import { Test, type TestingModuleBuilder } from '@nestjs/testing';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AuthenticationGuard } from '#auth';
import { Budgets, ClientThrottlerGuard } from '#throttling';
import { rootOf } from '../app-root.js';
import { adapterOf, prepare } from '../create-app.js';
import { ENTRANCE, entranceOf, type Step } from '../entrance/entrance.js';
import { parcels, ParcelsModule } from '../parcels.fixture.js';
import { configure } from '../service.module.js';
import { ConformanceError, type Finding } from './finding.js';

export const env = (more: Record<string, string> = {}) => ({ ...process.env, LOG_LEVEL: 'silent', PARCELS_CLIENT_SECRET: 'none', ...more });

/** The parcels with another part beside them. */
export function besides(parts: { controllers?: Type[]; providers?: Type[] }): Type {
  @Module({ imports: [ParcelsModule], ...parts })
  class WithMore {}
  return WithMore;
}

export interface Planted {
  module?: Type;
  /** Changes the providers of the library's own module. */
  service?: (module: DynamicModule) => void;
  override?: (builder: TestingModuleBuilder) => TestingModuleBuilder;
}

/** Starts an app in which something is planted; answers why it refuses to, if it does. */
export async function refusal({ module = ParcelsModule, service, override = builder => builder }: Planted = {}): Promise<Finding[]> {
  const configured = configure(parcels, env());
  const root = rootOf({ ...parcels, module }, configured);
  service?.((root.imports as DynamicModule[])[0]);
  const built = await override(Test.createTestingModule({ imports: [root] })).compile();
  const app = built.createNestApplication<NestFastifyApplication>(adapterOf(configured), { logger: false });
  try {
    await prepare(app, parcels);
    return [];
  } catch (error) {
    if (error instanceof ConformanceError) return error.findings;
    throw error;
  } finally {
    await app.close();
  }
}

/** Findings as `app route lack`. */
export const told = (findings: Finding[]): string[] => findings.map(({ app, route, missing }) => `${app} ${route ?? '*'} ${missing}`);

/** Puts another provider in the place of one of the library's global ones. */
export const instead =
  (provide: string, useClass: Type | undefined, useValue: object) =>
  (module: DynamicModule): void => {
    module.providers = module.providers!.map(provider =>
      'provide' in provider && provider.provide === provide && (!useClass || ('useClass' in provider && provider.useClass === useClass))
        ? { provide, useValue }
        : provider,
    );
  };

/** Changes the steps before the router. */
export const steps = (change: (steps: Step[]) => Step[]) => (builder: TestingModuleBuilder) =>
  builder.overrideProvider(ENTRANCE).useFactory({
    factory: (...parts: Parameters<typeof entranceOf>) => change(entranceOf(...parts)),
    inject: [AuthenticationGuard, Budgets, ClientThrottlerGuard, Retirements, APP] as never[],
  });

export const PASSES_ALL = { canActivate: () => true };

const REQUIRED =
  'requests must pass bounds, token, address budget, client budget, retirement, scope, lifetime, texts, idempotency, audit, validation, handler, in this order; here they pass ';

/** The stages that requests pass instead of those that they must. */
export const order = (findings: Finding[]): string | undefined => findings.find(({ missing }) => missing === 'order')?.text.replace(REQUIRED, '');
