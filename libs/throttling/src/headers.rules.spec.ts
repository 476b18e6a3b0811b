import { expect, it } from 'vitest';
import { headersOf } from './headers.rules.js';
import { aPlan } from './throttling.fixture.js';

const full = aPlan('full', { rate: 600, burst: 60, dailyQuota: 5_000, concurrency: 10 });
const left = { remaining: 12, resetMs: 17_200 };

it('states each limit of the plan, and what is left of the window', () => {
  expect(headersOf(full, left, Date.UTC(2027, 5, 30))).toEqual({
    'RateLimit-Policy': '"rate";q=600;w=60, "burst";q=60;w=1, "daily-quota";q=5000;w=86400, "concurrency";q=10;qu="concurrent-requests"',
    RateLimit: '"rate";r=12;t=18',
  });
  expect(headersOf(aPlan('open', { rate: 600, burst: 60 }), left)['RateLimit-Policy']).toBe('"rate";q=600;w=60, "burst";q=60;w=1');
});

it('sends the older fields until the beginning of their last day', () => {
  expect(headersOf(full, left, Date.UTC(2027, 5, 30) - 1)).toMatchObject({
    'RateLimit-Limit': 600,
    'RateLimit-Remaining': 12,
    'RateLimit-Reset': 18,
  });
});
