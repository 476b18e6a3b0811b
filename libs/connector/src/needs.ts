import { Injectable, SetMetadata, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Observable } from 'rxjs';
import { Abilities } from './abilities.js';

const NEEDS = 'throughline:needs';

/**
 * The abilities without which a handler, or every handler of a class, answers 501. Those of the
 * class and of the handler add up.
 */
export const Needs = <A extends string>(...abilities: [A, ...A[]]): MethodDecorator & ClassDecorator => SetMetadata(NEEDS, abilities);

/**
 * Answers `unsupported` for a missing ability, after the caller's rights are checked and before the
 * request is.
 */
@Injectable()
export class NeedsInterceptor implements NestInterceptor {
  constructor(
    private readonly reflector: Reflector,
    private readonly abilities: Abilities,
  ) {}

  intercept(execution: ExecutionContext, next: CallHandler): Observable<unknown> {
    const needed = this.reflector.getAllAndMerge<string[]>(NEEDS, [execution.getClass(), execution.getHandler()]);
    for (const ability of needed) this.abilities.need(ability);
    return next.handle();
  }
}
