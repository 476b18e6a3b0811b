import type { Type } from '@nestjs/common';
import type { ApplicationConfig } from '@nestjs/core';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AccessGuard, AuthenticationGuard } from '#auth';
import { Problem } from '#canonical';
import type { Budgets, ClientThrottlerGuard } from '#throttling';
import { governedRoutes, type Retirements } from '#versioning';
import { AuditInterceptor } from '../audit/audit.interceptor.js';
import { IdempotencyInterceptor } from '../idempotency/idempotency.interceptor.js';
import { RequestValidation } from '../validation/request-validation.pipe.js';
import { TextInterceptor } from '../validation/text.interceptor.js';
import { LifetimeInterceptor } from './lifetime.interceptor.js';
import type { App } from '../app-definition.js';
import { withinRequestBounds } from './request-bounds.js';

/**
 * The stages of every request, in this order. Cheap stages that refuse much come first: a stranger
 * is refused before the body is read, and a caller who has spent the budget before anything is
 * looked up.
 */
export const STAGES = [
  'bounds',
  'token',
  'address budget',
  'client budget',
  'retirement',
  'scope',
  'lifetime',
  'texts',
  'idempotency',
  'audit',
  'validation',
  'handler',
] as const;
export type Stage = (typeof STAGES)[number];

/**
 * A stage before the router's handler. `always` stages run even for requests that an earlier stage
 * refused; what they throw is answered.
 */
export interface Step {
  stage: Stage;
  always?: boolean;
  pass(request: FastifyRequest, reply: FastifyReply, refusal: unknown): void | Promise<void>;
}

/** Injects the steps of an app's entrance. */
export const ENTRANCE = Symbol('throughline:entrance');

/**
 * The process manager calls these repeatedly. A stranger's calls must not exhaust its budget, or it
 * would restart the process.
 */
const PROBES = new Set(['/healthz', '/readyz']);

/** Whether the token could not be checked because of us, not the caller. */
const isOurFailure = (refusal: unknown): boolean => refusal !== undefined && (!(refusal instanceof Problem) || refusal.kind === 'vendor-unavailable');

/** Position of a request before the router has found its handler. */
class Entrance {
  static handle(): void {}
}

const contextOf = (...args: [FastifyRequest, FastifyReply]) => new ExecutionContextHost(args, Entrance, Entrance.handle);

export function entranceOf(
  guard: AuthenticationGuard,
  budgets: Budgets,
  throttler: ClientThrottlerGuard,
  retirements: Retirements,
  { apis }: Pick<App, 'apis'>,
): Step[] {
  const routeOf = governedRoutes(apis);
  return [
    { stage: 'bounds', pass: request => withinRequestBounds(request) },
    {
      stage: 'token',
      pass: async (request, reply) => {
        await guard.canActivate(contextOf(request, reply));
      },
    },
    {
      stage: 'address budget',
      always: true,
      pass: (request, _, refusal) => {
        if (request.principal || isOurFailure(refusal) || PROBES.has(request.routeOptions?.url ?? '')) return;
        budgets.chargeAddress(request);
      },
    },
    {
      stage: 'client budget',
      always: true,
      pass: async (request, reply) => {
        await throttler.canActivate(contextOf(request, reply));
      },
    },
    {
      stage: 'retirement',
      pass: ({ method, routeOptions }) => {
        const route = routeOf(method, routeOptions?.url);
        if (route) retirements.refuse(route.version, route.operation);
      },
    },
  ];
}

/** Lets a request in, or throws the reason for its refusal. */
export async function enter(steps: readonly Step[], request: FastifyRequest, reply: FastifyReply): Promise<void> {
  let refusal: unknown;
  for (const { always, pass } of steps) {
    if (refusal !== undefined && always !== true) continue;
    try {
      await pass(request, reply, refusal);
    } catch (error) {
      refusal = error;
    }
  }
  if (refusal !== undefined) throw refusal;
}

/** What passes a stage after the router has found the handler. */
const PASSED_BY: [Type, Stage][] = [
  [AccessGuard, 'scope'],
  [LifetimeInterceptor, 'lifetime'],
  [TextInterceptor, 'texts'],
  [IdempotencyInterceptor, 'idempotency'],
  [AuditInterceptor, 'audit'],
  [RequestValidation, 'validation'],
];

const stageOf = (part: object): Stage | undefined => PASSED_BY.find(([type]) => part instanceof type)?.[1];

/**
 * The stages that the app's requests pass, in their order. A guard that is not ours and runs before
 * the scopes are checked is among them by its name. Interceptors and pipes that are not ours are
 * left out: they run after the guards, so they let nobody in.
 */
export function passedStages(steps: readonly Step[], authentication: AuthenticationGuard, application: ApplicationConfig): string[] {
  const guards = application.getGlobalGuards();
  const scope = guards.findIndex(guard => guard instanceof AccessGuard);
  return [
    ...steps.map(({ stage }) => stage).filter(stage => stage !== 'token' || authentication instanceof AuthenticationGuard),
    ...guards.flatMap((guard, at) => stageOf(guard) ?? (at < scope ? [`guard ${guard.constructor.name}`] : [])),
    ...[...application.getGlobalInterceptors(), ...application.getGlobalPipes()].flatMap(part => stageOf(part) ?? []),
    'handler',
  ];
}
