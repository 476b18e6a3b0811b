import { defineApi } from '../api.js';
import { TEAMS } from '../team.js';
import { acknowledgements } from './acknowledgements.js';
import { catalogue } from './catalogue.js';
import { consumers, plans } from './consumers.js';
import { partners } from './partners.js';
import { releases } from './releases.js';
import { retirements } from './retirements.js';
import { deprecations } from './deprecations.js';

export * from './acknowledgements.js';
export * from './catalogue.js';
export * from './consumers.js';
export * from './partners.js';
export * from './releases.js';
export * from './retirements.js';

export const governanceApi = defineApi(
  {
    app: 'governance',
    layer: 'governance',
    version: '1',
    owner: TEAMS.integration,
    audience: 'internal',
    lifecycle: { state: 'beta' },
    serviceLevel: { availability: '99 %', latencyMs95: 1000, support: 'business hours' },
    deprecations: deprecations[1],
  },
  { ...acknowledgements, ...catalogue, ...consumers, ...partners, ...plans, ...releases, ...retirements },
);
