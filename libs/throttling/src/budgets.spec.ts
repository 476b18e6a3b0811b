import type { FastifyRequest } from 'fastify';
import { describe, expect, it } from 'vitest';
import { principalOf, type Claims } from '#auth';
import { Problem } from '#canonical';
import { addressOf, Budgets, MOST_COUNTED } from './budgets.js';

const from = (ip: string, claims?: Claims): FastifyRequest =>
  ({ ip, socket: { remoteAddress: '192.0.2.1' }, ...(claims ? { principal: principalOf(claims) } : {}) }) as FastifyRequest;
const budgets = () => new Budgets({ perMinute: 10, perMinuteOfAddress: 5 }, { now: () => 0 });
const times = (n: number, work: () => void): void => {
  for (let i = 0; i < n; i++) work();
};

describe('a budget', () => {
  it('is one per person of a client, and one per client of a person', () => {
    const all = budgets();
    const ruth = from('a', { client_id: 'console', sub: 'ruth' });
    times(10, () => all.charge(ruth));
    expect(() => all.charge(ruth)).toThrow(Problem);
    all.charge(from('a', { client_id: 'console', sub: 'imogen' }));
    all.charge(from('a', { client_id: 'phone', sub: 'ruth' }));
  });

  it('is charged an operation’s cost, and says when the next call is welcome', () => {
    const all = budgets();
    const ruth = from('a', { client_id: 'console', sub: 'ruth' });
    all.charge(ruth, 8);
    const refused = (() => {
      try {
        return all.charge(ruth, 3);
      } catch (error) {
        return error as Problem;
      }
    })();
    expect(refused).toMatchObject({ kind: 'rate-limited', retryAfterMs: 60_000 });
    all.charge(ruth, 1);
  });

  it('does not count calls between services of the house', () => {
    const all = budgets();
    const service = from('a', { client_id: 'portal-service', scope: 'crm.read act-for' });
    expect(() => times(1_000, () => all.charge(service))).not.toThrow();
    expect(all.held.callers).toBe(0);
  });

  it('of an address is spent by calls without a good token', () => {
    const all = budgets();
    times(5, () => all.chargeAddress(from('198.51.100.1')));
    expect(() => all.chargeAddress(from('198.51.100.1'))).toThrow(/may make 5 calls without a valid token/);
    all.chargeAddress(from('198.51.100.2'));
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

  it('uses bounded memory in a flood of addresses', () => {
    const all = budgets();
    for (let i = 0; i < MOST_COUNTED * 3; i++) all.chargeAddress(from(`10.${(i >> 16) & 255}.${(i >> 8) & 255}.${i & 255}`));
    expect(all.held.addresses).toBeLessThanOrEqual(MOST_COUNTED);
  });
});
