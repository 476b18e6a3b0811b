import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { Problem } from '#canonical';
import { SigningKeys, UNKNOWN_KEY_PAUSE_MS } from './signing-keys.js';

const jwk = (kid: string, more: object = {}): object => ({
  ...generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' }),
  kid,
  alg: 'ES256',
  use: 'sig',
  ...more,
});
const GREATEST_AGE = 1_000_000;

/** The keys of an issuer that may be unavailable, with a clock that the spec moves. */
function issuer(keys: object[] = [jwk('a')]) {
  const state = { keys, away: false, asked: 0, now: 0 };
  const read = async (): Promise<unknown> => {
    state.asked += 1;
    await Promise.resolve();
    if (state.away) throw new Error('away');
    return { keys: state.keys };
  };
  return { state, kept: new SigningKeys(read, { refreshMs: 100_000, greatestAgeMs: GREATEST_AGE }, () => state.now) };
}
const hint = (kid?: string, alg = 'ES256') => ({ alg, ...(kid === undefined ? {} : { kid }) });

describe("the issuer's keys", () => {
  it('are read when first needed and then known without asking', async () => {
    const { state, kept } = issuer();
    const found = await Promise.all(Array.from({ length: 20 }, () => kept.keyOf(hint('a'))));
    expect(found.every(key => key !== undefined)).toBe(true);
    expect(state.asked).toBe(1);
  });

  it('are asked for rarely, whatever strangers send, and known keys never wait', async () => {
    const { state, kept } = issuer();
    await kept.keyOf(hint('a'));
    state.now = UNKNOWN_KEY_PAUSE_MS;
    state.away = true;
    const strangers = await Promise.all(Array.from({ length: 5_000 }, (_, i) => kept.keyOf(hint(`unknown ${i}`))));
    expect([strangers.filter(key => key !== undefined).length, state.asked]).toEqual([0, 2]);
    expect(await kept.keyOf(hint('a'))).toBeDefined();
    for (let i = 0; i < 1_000; i++) await kept.keyOf(hint(`unknown ${i}`));
    expect(state.asked).toBe(2);
  });

  it('are found when new and gone when removed, the next time they are needed', async () => {
    const { state, kept } = issuer();
    await kept.keyOf(hint('a'));
    state.keys = [jwk('b')];
    state.now = UNKNOWN_KEY_PAUSE_MS;
    expect(await kept.keyOf(hint('b'))).toBeDefined();
    expect(await kept.keyOf(hint('a'))).toBeUndefined();
  });

  it('are kept while the issuer is unavailable or answers nonsense, up to their greatest age', async () => {
    const { state, kept } = issuer();
    await kept.keyOf(hint('a'));
    for (const keys of [[], [jwk('x', { use: 'enc' })], [{ kid: 'broken' }], [null as unknown as object]]) {
      state.keys = keys;
      state.now += UNKNOWN_KEY_PAUSE_MS;
      expect(await kept.keyOf(hint('z'))).toBeUndefined();
      expect(await kept.keyOf(hint('a'))).toBeDefined();
    }
    expect([kept.usable, kept.reachable]).toEqual([true, false]);
    state.now = GREATEST_AGE + 1;
    await expect(kept.keyOf(hint('a'))).rejects.toMatchObject({ kind: 'vendor-unavailable', code: 'issuer-unreachable' });
  });

  it('that were never read refuse no caller: the answer says that the issuer is unavailable', async () => {
    const { state, kept } = issuer();
    state.away = true;
    await expect(kept.keyOf(hint('a'))).rejects.toBeInstanceOf(Problem);
    await expect(kept.keyOf(hint('a'))).rejects.toMatchObject({ retryAfterMs: 1_000 });
    expect(state.asked).toBe(1);
    state.away = false;
    state.now = 1_000;
    expect(await kept.keyOf(hint('a'))).toBeDefined();
  });

  it('verify only their own algorithm, and a token without a key id only when there is one key', async () => {
    const { state, kept } = issuer();
    expect([await kept.keyOf(hint('a', 'RS256')), (await kept.keyOf(hint())) !== undefined]).toEqual([undefined, true]);
    state.keys = [jwk('a'), jwk('b')];
    state.now = UNKNOWN_KEY_PAUSE_MS;
    await kept.keyOf(hint('c'));
    expect(await kept.keyOf(hint())).toBeUndefined();
  });
});
