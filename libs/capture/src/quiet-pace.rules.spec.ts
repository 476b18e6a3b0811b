import { describe, expect, it } from 'vitest';
import { paceOf, quietSteps } from './quiet-pace.rules.js';

const STEPS = quietSteps(['60000:5000', '300000:15000', '900000:60000']);

describe('the pace of a feed', () => {
  it.each([
    [2_000, 0, 2_000],
    [2_000, 59_999, 2_000],
    [2_000, 60_000, 5_000],
    [2_000, 400_000, 15_000],
    [2_000, 3_600_000, 60_000],
    [30_000, 400_000, 30_000],
    [300_000, 3_600_000, 300_000],
  ])('that is set to %i ms is, after %i quiet ms, %i ms', (set, quiet, pace) => {
    expect(paceOf(set, quiet, STEPS)).toBe(pace);
  });

  it('is its set pace when there are no steps', () => {
    expect(paceOf(2_000, 3_600_000, [])).toBe(2_000);
  });
});
