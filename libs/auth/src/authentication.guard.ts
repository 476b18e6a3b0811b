import { Injectable, type ExecutionContext } from '@nestjs/common';
import { AuthGuard } from '@nestjs/passport';
import type { FastifyRequest } from 'fastify';
import { Problem } from '#canonical';
import { ACTOR_HEADER, actingAs } from './acting.js';
import { Authority } from './authority.js';
import { Partners } from './partners/partners.js';
import { registerStrategy, STRATEGY } from './jwt.strategy.js';
import { VerifiedTokens, type VerifiedToken } from './verified-tokens.js';

/** Why a token was refused, in words that help its holder and reveal nothing to a thief. */
const REFUSALS: [RegExp, string, string][] = [
  [/no auth token/i, 'token-missing', 'This needs a bearer token.'],
  [/expired/i, 'token-expired', 'The bearer token has expired.'],
  [/audience/i, 'token-audience', 'The bearer token was issued for another audience.'],
  [/not active/i, 'token-not-active', 'The bearer token is not valid yet.'],
];

const header = (request: FastifyRequest, name: string): string | undefined => {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(',') : value;
};

/**
 * Authenticates the caller and puts the principal on the request. Runs before the body is read and
 * before the route is known (libs/service calls it from the server's first hook), so strangers get
 * only a 401. A public route needs no token, but a token that is sent anyway is checked.
 */
@Injectable()
export class AuthenticationGuard extends AuthGuard(STRATEGY) {
  readonly #tokens = new VerifiedTokens();

  constructor(
    private readonly authority: Authority,
    private readonly partners: Partners,
  ) {
    super();
    registerStrategy();
  }

  override async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const isPublic = request.routeOptions?.config?.public !== undefined;
    if (isPublic && request.headers.authorization === undefined) return true;
    const { principal } = this.#tokens.find(request.headers.authorization ?? '') ?? (await this.#verify(context, request));
    request.principal = principal; // later refusals of this request know the caller
    request.principal = actingAs(this.partners.admit(principal), header(request, ACTOR_HEADER));
    return true;
  }

  async #verify(context: ExecutionContext, request: FastifyRequest): Promise<VerifiedToken> {
    Object.assign(request, { authority: this.authority });
    await super.canActivate(context);
    const verified = (request as unknown as { user: VerifiedToken }).user;
    this.#tokens.keep(request.headers.authorization!, verified);
    return verified;
  }

  override handleRequest<T>(error: unknown, user: T | false | null, info: unknown): T {
    if (user) return user;
    const cause = error ?? info;
    if (cause instanceof Problem && cause.kind === 'vendor-unavailable') throw cause;
    const message = cause instanceof Error ? cause.message : '';
    const [, code, detail] = REFUSALS.find(([pattern]) => pattern.test(message)) ?? [null, 'token-invalid', 'The bearer token is not valid here.'];
    throw new Problem('unauthenticated', detail, { cause, code });
  }
}
