import { describe, expect, it } from 'vitest';
import { ManualClock } from '#testing';
import { Lease, renewing, thisMoment } from './lease.js';

const LEASE_MS = 9_000;

function held(clock = new ManualClock()) {
  const lease = new Lease({ key: 'k', owner: 'o', fence: '1', leaseMs: LEASE_MS, asked: thisMoment(clock) }, clock);
  return { clock, lease };
}

describe('a lease', () => {
  it('lasts from before it was asked for', () => {
    const { clock, lease } = held();
    clock.advance(4_000);
    expect(lease.remainingMs()).toBe(5_000);
    clock.advance(6_000);
    expect(lease.remainingMs()).toBe(-1_000);
  });

  it('is over when either clock says so: one stands still while the machine sleeps, the other may be set back', () => {
    const { clock, lease } = held();
    clock.sleep(LEASE_MS);
    expect(lease.remainingMs()).toBe(0);
    const other = held();
    other.clock.advance(4_000);
    other.clock.sleep(-60_000);
    expect(other.lease.remainingMs()).toBe(5_000);
  });

  it('lasts its whole time again from before it was renewed, and no longer where it was lost', async () => {
    const { clock, lease } = held();
    clock.advance(6_000);
    await lease.renew(() => {
      clock.advance(1_000);
      return Promise.resolve(true);
    });
    expect(lease.remainingMs()).toBe(8_000);
    await lease.renew(() => Promise.resolve(false));
    expect(lease.remainingMs()).toBe(8_000);
    await expect(lease.renew(() => Promise.reject(new Error('away')))).rejects.toThrow('away');
    expect(lease.remainingMs()).toBe(8_000);
  });
});

describe('what is renewed', () => {
  it('is so each third of its time, also after a failure, until it is given up', () => {
    const clock = new ManualClock();
    const at: number[] = [];
    const stop = renewing(
      LEASE_MS,
      () => {
        at.push(clock.now());
        return at.length === 1 ? Promise.reject(new Error('away')) : Promise.resolve();
      },
      clock,
    );
    clock.advance(LEASE_MS);
    expect(at).toEqual([3_000, 6_000, 9_000]);
    stop();
    clock.advance(LEASE_MS);
    expect(at).toHaveLength(3);
    expect(clock.pending).toBe(0);
  });
});
