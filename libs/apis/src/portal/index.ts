import { defineApi } from '../api.js';
import { TEAMS } from '../team.js';
import { deprecations } from './deprecations.js';

export const portalApi = defineApi(
  {
    app: 'portal',
    layer: 'experience',
    version: '1',
    owner: TEAMS.portal,
    audience: 'internal',
    lifecycle: { state: 'active' },
    serviceLevel: { availability: '99.5 %', latencyMs95: 1000, support: 'business hours' },
    graphql: true,
    deprecations: deprecations[1],
  },
  {},
);
