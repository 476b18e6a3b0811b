import { defineApi } from '../api.js';
import { feeds } from '../feeds/index.js';
import { TEAMS } from '../team.js';
import { abilities } from './abilities.js';
import { billing } from './billing.js';
import { books } from './books.js';
import { customers } from './customers.js';
import { deprecations } from './deprecations.js';
import { projects } from './projects.js';
import { referenceData } from './reference-data.js';

export * from './abilities.js';
export * from './billing.js';
export * from './books.js';
export * from './customers.js';
export * from '../planned.js';
export * from './projects.js';
export * from './reference-data.js';

export const erpApi = defineApi(
  {
    app: 'erp',
    layer: 'system',
    version: '1',
    owner: TEAMS.finance,
    audience: 'internal',
    systemOfRecord: 'ERP',
    lifecycle: { state: 'active' },
    serviceLevel: { availability: '99.5 %', latencyMs95: 500, support: 'business hours' },
    deprecations: deprecations[1],
  },
  { ...customers, ...projects, ...billing, ...books, ...referenceData, ...abilities, ...feeds },
);
