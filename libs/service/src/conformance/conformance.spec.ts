import { Controller, Get, Module, Post, type OnModuleInit } from '@nestjs/common';
import { APP_GUARD, APP_INTERCEPTOR, HttpAdapterHost } from '@nestjs/core';
import { ApiExcludeController, ApiExcludeEndpoint } from '@nestjs/swagger';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AccessGuard, AuthenticationGuard, Scopes } from '#auth';
import { testDatabase, testIssuer, type TestDatabase, type TestIssuer } from '#testing';
import { AuditInterceptor } from '../audit/audit.interceptor.js';
import { createApp } from '../create-app.js';
import { IdempotencyInterceptor } from '../idempotency/idempotency.interceptor.js';
import { Documents } from '../openapi/documents.js';
import { parcels } from '../parcels.fixture.js';
import { ConformanceCheck } from './conformance-check.js';
import { besides, env, instead, order, PASSES_ALL, refusal, steps, told } from './planted.fixture.js';

let database: TestDatabase;
let issuer: TestIssuer;

beforeAll(async () => {
  [database, issuer] = await Promise.all([testDatabase({ serves: [parcels] }), testIssuer()]);
});
afterAll(async () => {
  await issuer.close();
  await database.close();
});

const DOES_NOTHING = { intercept: (_: unknown, next: { handle(): unknown }) => next.handle() };

describe('an app that is what it declares', () => {
  it('starts, and says so whenever it is asked', async () => {
    const app = await createApp(parcels, { env: env() });
    expect(app.get(ConformanceCheck).report().findings).toEqual([]);
    await app.close();
  });
});

describe('a route that is not declared', () => {
  it('of the server itself keeps the app from starting', async () => {
    class RawRoutes implements OnModuleInit {
      constructor(private readonly host: HttpAdapterHost) {}
      onModuleInit(): void {
        const fastify = this.host.httpAdapter.getInstance<FastifyInstance>();
        fastify.get('/v1/secrets', async () => Promise.resolve({}));
        fastify.route({ method: ['PUT', 'DELETE'], url: '/v1/secrets/:id', handler: async () => Promise.resolve({}) });
      }
    }
    Reflect.defineMetadata('design:paramtypes', [HttpAdapterHost], RawRoutes);
    expect(told(await refusal({ module: besides({ providers: [RawRoutes] }) }))).toEqual([
      'parcels GET /v1/secrets document',
      'parcels PUT /v1/secrets/:id document',
      'parcels DELETE /v1/secrets/:id document',
      'parcels GET /v1/secrets scope',
      'parcels PUT /v1/secrets/:id scope',
      'parcels PUT /v1/secrets/:id idempotency',
      'parcels PUT /v1/secrets/:id audit',
      'parcels DELETE /v1/secrets/:id scope',
      'parcels DELETE /v1/secrets/:id idempotency',
      'parcels DELETE /v1/secrets/:id audit',
    ]);
  });

  it('of a controller that documents leave out keeps the app from starting, unless it belongs to no version', async () => {
    @ApiExcludeController()
    @Controller({ path: 'hidden', version: '1' })
    class HiddenController {
      @Get()
      @Scopes('crm.read')
      read(): object {
        return {};
      }
    }
    @Controller({ path: 'half', version: '1' })
    class HalfController {
      @Get()
      @Scopes('crm.read')
      @ApiExcludeEndpoint()
      read(): object {
        return {};
      }
    }
    expect(told(await refusal({ module: besides({ controllers: [HiddenController, HalfController] }) }))).toEqual([
      'parcels GET /v1/hidden document',
      'parcels GET /v1/half document',
    ]);
  });

  it('of another version than those that the app has keeps it from starting', async () => {
    @Controller({ path: 'parcels', version: '7' })
    class LaterController {
      @Get()
      @Scopes('crm.read')
      list(): object {
        return {};
      }
    }
    expect(told(await refusal({ module: besides({ controllers: [LaterController] }) }))).toEqual([
      'parcels * definition',
      'parcels GET /v7/parcels document',
    ]);
  });
});

describe('an operation that is declared and not served', () => {
  it('keeps the app from starting', async () => {
    const path = { get: { responses: {} } };
    class WithGhost extends Documents {
      override makeWith(make: Parameters<Documents['makeWith']>[0]): void {
        super.makeWith(() => {
          const made = make();
          Object.assign(made.get('1')!.paths, { '/v1/ghosts/{id}': path });
          return made;
        });
      }
    }
    const findings = await refusal({ override: builder => builder.overrideProvider(Documents).useClass(WithGhost) });
    expect(told(findings)).toEqual(['parcels GET /v1/ghosts/:id route']);
  });
});

describe('a guard that is missing', () => {
  it('for scopes keeps the app from starting, and names every operation', async () => {
    const findings = await refusal({ service: instead(APP_GUARD, undefined, PASSES_ALL) });
    expect(order(findings)).not.toContain('scope');
    expect(told(findings)).toContain('parcels POST /v1/parcels scope');
    expect(told(findings)).toContain('parcels GET /metrics scope');
    expect(told(findings)).not.toContain('parcels GET /v1/parcels/open scope');
  });

  it('is noticed although something else bears its name', async () => {
    const scope = await refusal({ override: builder => builder.overrideProvider(AccessGuard).useValue(PASSES_ALL) });
    expect(told(scope)).toContain('parcels GET /v1/parcels scope');
    const token = await refusal({ override: builder => builder.overrideProvider(AuthenticationGuard).useValue(PASSES_ALL) });
    expect(told(token)).toContain('parcels GET /v1/parcels auth');
    expect(told(token)).not.toContain('parcels GET /healthz auth');
  });

  it('for budgets keeps the app from starting', async () => {
    const findings = await refusal({ override: steps(all => all.filter(({ stage }) => stage !== 'client budget')) });
    expect(told(findings)).toContain('parcels GET /v1/parcels/:id throttle');
  });
});

describe('an unsafe operation', () => {
  it('without idempotency or audit keeps the app from starting, and is named', async () => {
    const unkept = told(await refusal({ service: instead(APP_INTERCEPTOR, IdempotencyInterceptor, DOES_NOTHING) }));
    expect(unkept.filter(text => text.endsWith('idempotency'))).toEqual([
      'parcels POST /v1/parcels/slow-writes idempotency',
      'parcels POST /v1/parcels idempotency',
      'parcels PUT /v1/parcels/:id idempotency',
    ]);
    const unrecorded = told(await refusal({ service: instead(APP_INTERCEPTOR, AuditInterceptor, DOES_NOTHING) }));
    expect(unrecorded).toContain('parcels PUT /v1/parcels/:id audit');
  });

  it('of an app without a database has neither', async () => {
    @Controller({ path: 'notes', version: '1' })
    class NotesController {
      @Post()
      @Scopes('crm.write')
      note(): object {
        return {};
      }
    }
    @Module({ controllers: [NotesController] })
    class NotesModule {}
    const refused = createApp({ ...parcels, module: NotesModule }, { env: env() });
    await expect(refused).rejects.toThrow('parcels POST /v1/notes: idempotency: its answer is not kept under its Idempotency-Key');
    await expect(refused).rejects.toThrow('parcels POST /v1/notes: audit: it leaves no audit row');
  });
});

describe('an app that is told to report only', () => {
  it('starts, and names what differs', async () => {
    @Controller({ path: 'hidden', version: '7' })
    class HiddenController {
      @Get()
      @Scopes('crm.read')
      read(): object {
        return {};
      }
    }
    const module = besides({ controllers: [HiddenController] });
    const app = await createApp({ ...parcels, module }, { env: env({ CONFORMANCE: 'report' }) });
    const check = app.get(ConformanceCheck);
    const { findings } = check.report();
    expect(findings).toEqual([
      { app: 'parcels', route: null, missing: 'definition', text: 'HiddenController.read serves version 7, which is not declared' },
      {
        app: 'parcels',
        route: 'GET /v7/hidden',
        missing: 'document',
        text: 'HiddenController.read serves it, and no document has it',
      },
    ]);
    // what was found at the start is kept; it can be looked for anew
    expect(check.report().findings).toBe(findings);
    expect(check.look()).toEqual(findings);
    expect(check.look()).not.toBe(findings);
    await app.close();
  });
});
