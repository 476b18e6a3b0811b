import { describe, expect, it } from 'vitest';
import { Guesses } from './guesses.js';

describe('guesses of secrets', () => {
  const at = { now: 0 };
  const fresh = () => {
    at.now = 0;
    return new Guesses({ tries: 3, windowMs: 60_000, remembered: 100 }, () => at.now);
  };
  const guess = async (guesses: Guesses, who: string, secret: string) => {
    const settle = await guesses.admit(who, secret);
    settle(secret === 'right' ? 'right' : 'wrong');
  };

  it('are refused after some that were wrong, until the window is over', async () => {
    const guesses = fresh();
    for (const secret of ['a', 'b', 'c']) await guess(guesses, 'one', secret);
    at.now = 20_000;
    await expect(guesses.admit('one', 'd')).rejects.toMatchObject({ status: 429, headers: { 'retry-after': '40' } });
    await expect(guesses.admit('one', 'right')).rejects.toMatchObject({ status: 429 });
    await guess(guesses, 'another', 'right');
    at.now = 60_000;
    await guess(guesses, 'one', 'right');
  });

  it('do not lock out a secret that was right before', async () => {
    const guesses = fresh();
    await guess(guesses, 'one', 'right');
    for (const secret of ['a', 'b', 'c']) await guess(guesses, 'one', secret);
    await expect(guesses.admit('one', 'd')).rejects.toMatchObject({ status: 429 });
    for (let n = 0; n < 10; n++) await guess(guesses, 'one', 'right');
  });

  it('wait for each other when many come at once: right ones all pass, of wrong ones no more than may be wrong', async () => {
    const guesses = fresh();
    const many = async (secret: string) => {
      let through = 0;
      const outcomes = await Promise.allSettled(
        Array.from({ length: 50 }, async () => {
          const settle = await guesses.admit(secret, secret);
          through++;
          await Promise.resolve();
          settle(secret === 'right' ? 'right' : 'wrong');
        }),
      );
      return { through, refused: outcomes.filter(({ status }) => status === 'rejected').length };
    };
    expect(await many('right')).toEqual({ through: 50, refused: 0 });
    expect(await many('wrong')).toEqual({ through: 3, refused: 47 });
  });

  it('are remembered of so many guessers and no more', async () => {
    const guesses = fresh();
    for (const secret of ['a', 'b', 'c']) await guess(guesses, 'first', secret);
    for (let n = 0; n < 100; n++) await guess(guesses, `other-${n}`, 'a');
    await expect(guess(guesses, 'first', 'd')).resolves.toBeUndefined();
  });
});
