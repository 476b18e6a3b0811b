import { describe, expect, it } from 'vitest';
import { principalOf } from './principal.js';
import { VerifiedTokens } from './verified-tokens.js';

describe('a token that was verified', () => {
  const principal = principalOf({ sub: 'x' });

  it('is known for one minute, and never after it expires', () => {
    const clock = { now: 0 };
    const tokens = new VerifiedTokens(() => clock.now);
    tokens.keep('long', { principal, expiresAt: 900_000 });
    tokens.keep('short', { principal, expiresAt: 10_000 });
    clock.now = 9_999;
    expect([tokens.find('long')?.principal, tokens.find('short')?.principal, tokens.find('other')]).toEqual([principal, principal, undefined]);
    clock.now = 10_000;
    expect([tokens.find('long') !== undefined, tokens.find('short')]).toEqual([true, undefined]);
    clock.now = 60_000;
    expect(tokens.find('long')).toBeUndefined();
  });

  it('is forgotten, the oldest first, when there are too many', () => {
    const tokens = new VerifiedTokens(() => 0);
    for (let i = 0; i <= 2_000; i++) tokens.keep(`t${i}`, { principal, expiresAt: 1 });
    expect([tokens.find('t0'), tokens.find('t1') !== undefined, tokens.find('t2000') !== undefined]).toEqual([undefined, true, true]);
  });
});
