import { defineApi } from '../api.js';
import { exceptions } from '../exceptions/index.js';
import { TEAMS } from '../team.js';
import { checks } from './checks.js';
import { checksV1 } from './checks.v1.js';
import { deprecations } from './deprecations.js';
import { lines } from './lines.js';
import { prices } from './prices.js';
import { queue } from './queue.js';
import { rates } from './rates.js';

export * from './checks.js';
export * from './lines.js';
export * from './prices.js';
export * from './queue.js';
export * from './rates.js';

const declared = {
  app: 'time-to-billing',
  layer: 'process',
  owner: TEAMS.finance,
  audience: 'internal',
  serviceLevel: { availability: '99.5 %', latencyMs95: 1000, support: 'business hours' },
} as const;

const unchanged = { ...lines, ...prices, ...queue, ...rates, ...exceptions };

export const timeToBillingV1 = defineApi(
  {
    ...declared,
    version: '1',
    lifecycle: { state: 'deprecated', since: '2026-12-01', sunset: '2027-12-01', successor: '/process/time-to-billing/v2' },
    deprecations: deprecations[1],
  },
  { ...checksV1, ...unchanged },
);

export const timeToBillingApi = defineApi(
  { ...declared, version: '2', lifecycle: { state: 'active' }, deprecations: deprecations[2] },
  { ...checks, ...unchanged },
);
