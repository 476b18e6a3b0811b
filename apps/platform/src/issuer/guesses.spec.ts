import { describe, expect, it } from 'vitest';
import { DoorRefusal } from '#service/door';
import { Guesses } from './guesses.js';

describe('guesses of secrets', () => {
  const at = { now: 0 };
  const fresh = (triesOfAddress = 1_000) => {
    at.now = 0;
    return new Guesses({ tries: 3, triesOfAddress, windowMs: 60_000, remembered: 100 }, () => at.now);
  };
  const guess = (guesses: Guesses, name: string, secret: string, address = 'here') => {
    const outcome = guesses.judge(address, name, secret, () => secret === 'right');
    return outcome instanceof DoorRefusal ? outcome.status : outcome;
  };

  it('are refused after some wrong ones, until the window ends', () => {
    const guesses = fresh();
    for (const secret of ['a', 'b', 'c']) expect(guess(guesses, 'one', secret)).toBe('wrong');
    at.now = 20_000;
    expect(guesses.judge('here', 'one', 'd', () => false)).toMatchObject({ status: 429, headers: { 'retry-after': '40' } });
    expect(guess(guesses, 'one', 'right')).toBe(429);
    expect([guess(guesses, 'another', 'right'), guess(guesses, 'one', 'right', 'elsewhere')]).toEqual(['right', 'right']);
    at.now = 60_000;
    expect(guess(guesses, 'one', 'right')).toBe('right');
  });

  it('do not lock out a secret that was right before', () => {
    const guesses = fresh();
    expect(guess(guesses, 'one', 'right')).toBe('right');
    for (const secret of ['a', 'b', 'c']) guess(guesses, 'one', secret);
    expect(guess(guesses, 'one', 'd')).toBe(429);
    for (let n = 0; n < 10; n++) expect(guess(guesses, 'one', 'right')).toBe('right');
  });

  it('do not make a changed secret right: it is wrong from then on', () => {
    const guesses = fresh();
    expect(guesses.judge('here', 'one', 'old', () => true)).toBe('right');
    expect(guesses.judge('here', 'one', 'old', () => false)).toBe('wrong');
  });

  it('pass when they are right, however many come at once; only the allowed number of wrong ones is judged', async () => {
    const guesses = fresh();
    const many = async (secret: string) => {
      const outcomes = await Promise.all(Array.from({ length: 50 }, async () => Promise.resolve().then(() => guess(guesses, secret, secret))));
      return Object.groupBy(outcomes.map(String), outcome => outcome);
    };
    expect((await many('right')).right).toHaveLength(50);
    const wrong = await many('wrong');
    expect([wrong.wrong?.length, wrong['429']?.length]).toEqual([3, 47]);
  });

  it('count per address in sum, for any names; a secret proven from there still passes, and so do other addresses', () => {
    const guesses = fresh(7);
    guess(guesses, 'mine', 'right');
    const outcomes = Array.from({ length: 10 }, (_, n) => guess(guesses, `made-up-${n}`, 'a'));
    expect(outcomes).toEqual([...Array.from({ length: 7 }, () => 'wrong'), 429, 429, 429]);
    expect(guesses.fail('here')).toMatchObject({ status: 429 });
    expect([guess(guesses, 'mine', 'right'), guess(guesses, 'new', 'right'), guess(guesses, 'new', 'right', 'elsewhere')]).toEqual([
      'right',
      429,
      'right',
    ]);
    at.now = 60_000;
    expect(guess(guesses, 'new', 'right')).toBe('right');
  });

  it('are not forgotten because of made-up names: a flood from one address is refused before it can push out other counts', () => {
    const guesses = fresh(50);
    for (const secret of ['a', 'b', 'c']) guess(guesses, 'first', secret);
    for (let n = 0; n < 1_000; n++) guess(guesses, `other-${n}`, 'a');
    expect(guess(guesses, 'first', 'd')).toBe(429);
  });

  it('are remembered for a bounded number of addresses', () => {
    const guesses = fresh();
    for (const secret of ['a', 'b', 'c']) guess(guesses, 'first', secret);
    for (let n = 0; n < 100; n++) guess(guesses, `other-${n}`, 'a');
    expect(guess(guesses, 'first', 'd')).toBe('wrong');
  });
});
