import { PassportStrategy } from '@nestjs/passport';
import { ExtractJwt, Strategy } from 'passport-jwt';
import type { Authority } from './authority.js';
import { AUDIENCE } from './authority.js';
import { principalOf, type Claims } from './principal.js';
import type { Verified } from './verified-tokens.js';

/** A request on its way through passport: it carries the authority of the app that received it. */
export interface AuthenticatingRequest {
  authority: Authority;
  headers: Record<string, string | string[] | undefined>;
}

export const STRATEGY = 'throughline';

/**
 * Verifies bearer tokens. Passport keeps its strategies in one table per process, so with many apps in a process the last one's
 * would replace the others'. This one is therefore shared and holds nothing: whose keys and which issuer come with each request.
 */
class JwtStrategy extends PassportStrategy(Strategy, STRATEGY) {
  constructor() {
    super({
      jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
      audience: AUDIENCE,
      algorithms: ['RS256', 'PS256', 'ES256'],
      passReqToCallback: true,
      secretOrKeyProvider: (request: unknown, rawToken: string, done: (error: unknown, key?: string) => void) => {
        (request as AuthenticatingRequest).authority.keyFor(rawToken).then(
          key => (key === null ? done(new Error('unknown signing key')) : done(null, key)),
          (error: unknown) => done(error),
        );
      },
    });
  }

  validate(request: AuthenticatingRequest, claims: Claims & { iss?: string; exp?: number }): Verified {
    if (claims.iss?.replace(/\/$/, '') !== request.authority.issuer) throw new Error(`issued by ${claims.iss}`);
    if (claims.exp === undefined) throw new Error('never expires');
    return { principal: principalOf(claims), expiresAt: claims.exp * 1000 };
  }
}

let registered: JwtStrategy | undefined;

/** Makes sure the process's one strategy is there. */
export function registerStrategy(): void {
  registered ??= new JwtStrategy();
}
