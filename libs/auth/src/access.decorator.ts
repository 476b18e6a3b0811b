import { applyDecorators, createParamDecorator, SetMetadata, type ExecutionContext } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiExtension, ApiSecurity } from '@nestjs/swagger';
import type { Scope } from '#apis';
import { Problem } from '#canonical';
import type { Principal } from './principal.js';
import { requestOf } from './request.js';

export const SCOPES_METADATA = 'throughline:scopes';
export const PUBLIC_METADATA = 'throughline:public';

/** The name of the one security scheme in every OpenAPI document. */
export const SECURITY_SCHEME = 'throughline';

/**
 * The scopes that a caller must hold, all of them, to use this handler or every handler of this
 * class.
 */
export const Scopes = (...scopes: [Scope, ...Scope[]]) => applyDecorators(SetMetadata(SCOPES_METADATA, scopes), ApiSecurity(SECURITY_SCHEME, scopes));

/**
 * Callers need no token. `reason` says why that is right; it is published with the operation. For
 * single handlers only.
 */
export const Public = (reason: string): MethodDecorator =>
  applyDecorators(SetMetadata(PUBLIC_METADATA, reason), RouteConfig({ public: reason }), ApiExtension('x-public', reason));

/**
 * Injects the caller. On a public handler there may be none, which is an error here: don't ask for
 * one there.
 */
export const CurrentPrincipal = createParamDecorator((_: unknown, context: ExecutionContext): Principal => {
  const { principal } = requestOf(context);
  if (!principal) throw new Problem('unauthenticated', 'This needs a bearer token.');
  return principal;
});
