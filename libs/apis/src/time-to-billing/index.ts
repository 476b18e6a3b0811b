import { defineApi } from '../api.js';
import { exceptions } from '../exceptions/index.js';
import { TEAMS } from '../team.js';
import { checks } from './checks.js';
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

export const timeToBillingApi = defineApi(
  {
    app: 'time-to-billing',
    layer: 'process',
    version: '1',
    owner: TEAMS.finance,
    audience: 'internal',
    lifecycle: { state: 'active' },
    serviceLevel: { availability: '99.5 %', latencyMs95: 1000, support: 'business hours' },
    deprecations: deprecations[1],
  },
  { ...checks, ...lines, ...prices, ...queue, ...rates, ...exceptions },
);
