import { defineApi } from '../api.js';
import { feeds } from '../feeds/index.js';
import { TEAMS } from '../team.js';
import { abilities } from './abilities.js';
import { customers } from './customers.js';
import { deals } from './deals.js';
import { deprecations } from './deprecations.js';
import { rateCards } from './rate-cards.js';

export * from './abilities.js';
export * from './customers.js';
export * from './deals.js';
export * from './rate-cards.js';

export const crmApi = defineApi(
  {
    app: 'crm',
    layer: 'system',
    version: '1',
    owner: TEAMS['sales-operations'],
    audience: 'internal',
    systemOfRecord: 'CRM',
    lifecycle: { state: 'active' },
    serviceLevel: { availability: '99.5 %', latencyMs95: 500, support: 'business hours' },
    deprecations: deprecations[1],
  },
  { ...deals, ...customers, ...rateCards, ...abilities, ...feeds },
);
