import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Scope } from '#apis';
import { Problem } from '#canonical';
import { PUBLIC_METADATA, SCOPES_METADATA } from './access.decorator.js';
import { requestOf } from './request.js';

/**
 * Lets a caller use an operation only if they hold every scope that it requires. For REST handlers
 * and GraphQL operations.
 */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    if (this.reflector.get<string | undefined>(PUBLIC_METADATA, context.getHandler()) !== undefined) return true;
    const { principal } = requestOf(context);
    if (!principal) throw new Problem('unauthenticated', 'This needs a bearer token.', { code: 'token-missing' });
    const needed = this.reflector.getAllAndOverride<Scope[] | undefined>(SCOPES_METADATA, [context.getHandler(), context.getClass()]);
    if (!needed) throw new Problem('forbidden', 'Nobody may use this: it states no scope.');
    const missing = needed.filter(scope => !principal.scopes.includes(scope));
    if (missing.length > 0) {
      throw new Problem('forbidden', `This needs the scope ${missing.join(' and ')}, which the token doesn't carry.`, { code: 'scope-missing' });
    }
    return true;
  }
}
