import { describe, expect, it } from 'vitest';
import { Consumers } from '#auth';
import type { Problem } from '#canonical';
import { addressOf, Budgets, MOST_COUNTED } from './budgets.js';
import { builtInPlan } from './plans/plan.rules.js';
import { Plans } from './plans/plans.js';
import { aCall, clockAt } from './throttling.fixture.js';

const caught = (work: () => void): Problem | undefined => {
  try {
    work();
    return undefined;
  } catch (error) {
    return error as Problem;
  }
};

describe('the budget of an address', () => {
  const budgets = () => {
    const consumers = new Consumers(undefined);
    const limits = { perMinute: 10, perMinuteOfAddress: 5 };
    return new Budgets({ limits, plans: new Plans(undefined, consumers, builtInPlan(10)), consumers, clock: clockAt() });
  };
  const from = (ip: string) => aCall(undefined, ip).request;

  it('is spent by calls without a good token', () => {
    const one = budgets();
    for (let n = 0; n < 5; n++) one.chargeAddress(from('198.51.100.1'));
    expect(caught(() => one.chargeAddress(from('198.51.100.1')))?.detail).toMatch(/may make 5 calls without a valid token/);
    one.chargeAddress(from('198.51.100.2'));
  });

  it('is one for a site with many addresses; an invalid address counts as that of the socket', () => {
    expect(addressOf(from('2001:db8:1:2:3:4:5:6'))).toBe(addressOf(from('2001:db8:1:2::9')));
    expect(addressOf(from('2001:db8:1:3::9'))).not.toBe(addressOf(from('2001:db8:1:2::9')));
    expect([addressOf(from('::ffff:198.51.100.7')), addressOf(from('x'.repeat(10_000))), addressOf(from('::1'))]).toEqual([
      '198.51.100.7',
      '192.0.2.1',
      '0:0:0:0',
    ]);
  });

  it('uses bounded memory in a flood of addresses, and so does that of unknown clients and people', async () => {
    const one = budgets();
    for (let i = 0; i < MOST_COUNTED * 2; i++) {
      one.chargeAddress(from(`10.${(i >> 16) & 255}.${(i >> 8) & 255}.${i & 255}`));
      await one.admit(aCall({ client_id: `client ${i}`, sub: `person ${i}` }).request);
    }
    for (const held of Object.values(one.held)) expect(held).toBeLessThanOrEqual(MOST_COUNTED);
  });
});
