import { PassportStrategy } from '@nestjs/passport';
import { Strategy } from 'passport-jwt';
import type { Authority } from './authority.js';
import { AUDIENCE } from './authority.js';
import { principalOf, type Claims } from './principal.js';
import { ALGORITHMS, keyHintOf, refuseWrongClaims, tokenOf } from './token.rules.js';
import type { VerifiedToken } from './verified-tokens.js';

/** A request on its way through passport: it carries the authority of the app that received it. */
export interface AuthenticatingRequest {
  authority: Authority;
  headers: Record<string, string | string[] | undefined>;
}

export const STRATEGY = 'throughline';

/**
 * Answers the key as the library takes it: its types know only texts, but it takes key objects too.
 */
type KeyAnswer = (error: unknown, key?: string) => void;

async function answerKey({ authority }: AuthenticatingRequest, token: string, done: KeyAnswer): Promise<void> {
  try {
    const key = await authority.keyFor(keyHintOf(token));
    if (key) done(null, key as unknown as string);
    else done(new Error('unknown signing key'));
  } catch (error) {
    done(error);
  }
}

/**
 * Verifies bearer tokens. Passport keeps its strategies in one table per process, so with many apps
 * in a process the last app's strategy would replace the others. This strategy is therefore shared
 * and stateless: the keys and the issuer come with each request.
 */
class JwtStrategy extends PassportStrategy(Strategy, STRATEGY) {
  constructor() {
    super({
      jwtFromRequest: (request: AuthenticatingRequest) => {
        const { authorization } = request.headers;
        return tokenOf(typeof authorization === 'string' ? authorization : undefined) ?? null;
      },
      audience: AUDIENCE,
      algorithms: [...ALGORITHMS],
      passReqToCallback: true,
      secretOrKeyProvider: (request: unknown, token: string, done: KeyAnswer) => void answerKey(request as AuthenticatingRequest, token, done),
    });
  }

  validate(request: AuthenticatingRequest, claims: Claims & { iss?: unknown; exp?: number }): VerifiedToken {
    if (typeof claims.iss !== 'string' || claims.iss.replace(/\/$/, '') !== request.authority.issuer) throw new Error('issued by somebody else');
    refuseWrongClaims(claims);
    return { principal: principalOf(claims), expiresAt: claims.exp! * 1000 };
  }
}

let registered: JwtStrategy | undefined;

/** Registers the one strategy of the process, if it is not there yet. */
export function registerStrategy(): void {
  registered ??= new JwtStrategy();
}
