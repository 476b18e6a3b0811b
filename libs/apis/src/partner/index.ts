import { defineApi } from '../api.js';
import { TEAMS } from '../team.js';
import { deprecations } from './deprecations.js';
import { invoices } from './invoices.js';
import { lines } from './lines.js';
import { projects } from './projects.js';

export * from './invoices.js';
export * from './lines.js';
export * from './projects.js';

export const partnerApi = defineApi(
  {
    app: 'partner',
    layer: 'experience',
    version: '1',
    owner: TEAMS.partners,
    audience: 'partner',
    lifecycle: { state: 'beta' },
    serviceLevel: { availability: '99.5 %', latencyMs95: 500, support: 'business hours' },
    deprecations: deprecations[1],
  },
  { ...invoices, ...lines, ...projects },
);
