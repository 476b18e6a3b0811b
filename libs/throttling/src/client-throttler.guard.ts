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
 * The framework's guard for callers' budgets. It decides whether an operation is throttled; the
 * budgets decide who is charged. libs/service calls it at the entrance, because the router's guards
 * see no calls of unknown routes.
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

  protected override async handleRequest({ context }: ThrottlerRequest): Promise<boolean> {
    await this.budgets.admit(requestOf(context));
    return true;
  }
}
