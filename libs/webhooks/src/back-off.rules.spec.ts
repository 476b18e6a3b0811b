import { describe, expect, it } from 'vitest';
import { TRIED_FOR_MS, waitAfter } from './back-off.rules.js';

/** The moments at which a message is tried that always fails, in ms after the first. */
function tries(chance: number): number[] {
  const at = [0];
  for (let wait = waitAfter(1, 0, chance); wait !== undefined; wait = waitAfter(at.length, at.at(-1)!, chance)) at.push(at.at(-1)! + wait);
  return at;
}

describe('the waits between attempts', () => {
  it('grow from seconds to hours and end after three days', () => {
    const at = tries(0);
    expect(at.slice(0, 4)).toEqual([0, 5_000, 65_000, 365_000]);
    expect(at.at(-1)).toBe(TRIED_FOR_MS);
    expect(at.length).toBeGreaterThan(10);
  });

  it('differ by chance, up to a fifth', () => {
    expect([waitAfter(1, 0, 0), waitAfter(1, 0, 0.5), waitAfter(1, 0, 1)]).toEqual([5_000, 5_500, 6_000]);
    for (const chance of [0, 0.3, 1]) expect(tries(chance).at(-1)).toBe(TRIED_FOR_MS);
  });

  it('are as long as the receiver asks for, within the three days', () => {
    expect(waitAfter(1, 0, 0, 90_000)).toBe(90_000);
    expect(waitAfter(3, 0, 0, 1_000)).toBe(300_000);
    expect(waitAfter(3, TRIED_FOR_MS - 1_000, 0, 90_000)).toBe(1_000);
    expect(waitAfter(20, TRIED_FOR_MS, 0)).toBeUndefined();
  });
});
