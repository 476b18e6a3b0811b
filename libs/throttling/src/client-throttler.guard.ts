import { Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import {
  InjectThrottlerOptions,
  InjectThrottlerStorage,
  ThrottlerGuard,
  type ThrottlerModuleOptions,
  type ThrottlerRequest,
  type ThrottlerStorage,
} from '@nestjs/throttler';
import { requestOf } from '#auth';
import { Budgets } from './budgets.js';

/**
 * The framework's guard for the budget of callers: it decides whether an operation is throttled, the
 * budgets decide for whom it counts. Libs/service calls it at the entrance, since the router's guards
 * see no call of an unknown route.
 */
@Injectable()
export class ClientThrottlerGuard extends ThrottlerGuard {
  constructor(
    @InjectThrottlerOptions() options: ThrottlerModuleOptions,
    @InjectThrottlerStorage() storage: ThrottlerStorage,
    reflector: Reflector,
    private readonly budgets: Budgets,
  ) {
    super(options, storage, reflector);
  }

  protected override handleRequest({ context }: ThrottlerRequest): Promise<boolean> {
    this.budgets.charge(requestOf(context));
    return Promise.resolve(true);
  }
}
