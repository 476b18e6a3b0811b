import { ApplicationConfig } from '@nestjs/core';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AccessGuard, type AuthenticationGuard } from '#auth';
import { Problem } from '#canonical';
import type { Budgets, ClientThrottlerGuard } from '#throttling';
import { RequestValidation } from '../validation/request-validation.pipe.js';
import { withinRequestBounds } from './request-bounds.js';

/**
 * The stages of every request, in this order. Cheap stages that refuse much come first: a stranger
 * is refused before the body is read, and a caller who has spent the budget before anything is
 * looked up.
 */
export const STAGES = ['bounds', 'token', 'address budget', 'client budget', 'scope', 'validation', 'handler'] as const;
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

export function entranceOf(guard: AuthenticationGuard, budgets: Budgets, throttler: ClientThrottlerGuard): Step[] {
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

/** Refuses to start an app whose requests would pass the stages in another order, or skip one. */
export function refuseOtherOrder(app: NestFastifyApplication): void {
  const global = app.get(ApplicationConfig);
  const guards = global.getGlobalGuards().flatMap((guard): Stage[] => (guard === app.get(AccessGuard) ? ['scope'] : []));
  const pipes = global.getGlobalPipes().flatMap((pipe): Stage[] => (pipe instanceof RequestValidation ? ['validation'] : []));
  const stages: Stage[] = [...app.get<Step[]>(ENTRANCE).map(({ stage }) => stage), ...guards, ...pipes, 'handler'];
  if (stages.join() === STAGES.join()) return;
  throw new Error(`Requests must pass ${STAGES.join(', ')}, in this order; here they would pass ${stages.join(', ')}.`);
}
