import { defineApi } from '../api.js';
import { feeds } from '../feeds/index.js';
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
  { app: 'crm', layer: 'system', version: '1', deprecations: deprecations[1] },
  { ...deals, ...customers, ...rateCards, ...abilities, ...feeds },
);
