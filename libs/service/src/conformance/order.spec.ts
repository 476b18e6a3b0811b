import type { DynamicModule, Type } from '@nestjs/common';
import { APP_GUARD, APP_INTERCEPTOR, APP_PIPE } from '@nestjs/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testDatabase, testIssuer, type TestDatabase, type TestIssuer } from '#testing';
import { AuditInterceptor } from '../audit/audit.interceptor.js';
import { IdempotencyInterceptor } from '../idempotency/idempotency.interceptor.js';
import { parcels } from '../parcels.fixture.js';
import { instead, order, refusal, steps, type Planted } from './planted.fixture.js';

let database: TestDatabase;
let issuer: TestIssuer;

beforeAll(async () => {
  [database, issuer] = await Promise.all([testDatabase({ serves: [parcels] }), testIssuer()]);
});
afterAll(async () => {
  await issuer.close();
  await database.close();
});

describe('the order in which a request is looked at', () => {
  class LooksFirst {
    canActivate(): boolean {
      return true;
    }
  }
  const swap =
    (one: Type, other: Type) =>
    (module: DynamicModule): void => {
      module.providers = module.providers!.map(provider => {
        if (!('useClass' in provider)) return provider;
        const at = [one, other].indexOf(provider.useClass);
        return at === -1 ? provider : { provide: APP_INTERCEPTOR, useClass: [other, one][at] };
      });
    };

  it.each<[string, Planted, string]>([
    [
      'steps in another order',
      { override: steps(all => [...all].reverse()) },
      'retirement, client budget, address budget, token, bounds, scope, lifetime, texts, idempotency, audit, validation, handler',
    ],
    [
      'no address budget',
      { override: steps(all => all.filter(({ stage }) => stage !== 'address budget')) },
      'bounds, token, client budget, retirement, scope, lifetime, texts, idempotency, audit, validation, handler',
    ],
    [
      'another guard before the one that asks for scopes',
      { service: module => module.providers!.unshift({ provide: APP_GUARD, useClass: LooksFirst }) },
      'bounds, token, address budget, client budget, retirement, guard LooksFirst, scope, lifetime, texts, idempotency, audit, validation, handler',
    ],
    [
      'the audit before the idempotency key',
      { service: swap(IdempotencyInterceptor, AuditInterceptor) },
      'bounds, token, address budget, client budget, retirement, scope, lifetime, texts, audit, idempotency, validation, handler',
    ],
    [
      'another pipe than the validation',
      { service: instead(APP_PIPE, undefined, { transform: (value: unknown) => value }) },
      'bounds, token, address budget, client budget, retirement, scope, lifetime, texts, idempotency, audit, handler',
    ],
  ])('keeps an app with %s from starting', async (_, planted, passed) => {
    expect(order(await refusal(planted))).toBe(passed);
  });
});
