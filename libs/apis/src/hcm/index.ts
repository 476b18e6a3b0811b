import { defineApi } from '../api.js';
import { feeds } from '../feeds/index.js';
import { TEAMS } from '../team.js';
import { abilities } from './abilities.js';
import { deprecations } from './deprecations.js';
import { eligibility } from './eligibility.js';
import { workers } from './workers.js';

export * from './abilities.js';
export * from './eligibility.js';
export * from './workers.js';

export const hcmApi = defineApi(
  {
    app: 'hcm',
    layer: 'system',
    version: '1',
    owner: TEAMS['hr-operations'],
    audience: 'internal',
    systemOfRecord: 'HCM',
    lifecycle: { state: 'active' },
    serviceLevel: { availability: '99.5 %', latencyMs95: 500, support: 'business hours' },
    deprecations: deprecations[1],
  },
  { ...workers, ...eligibility, ...abilities, ...feeds },
);
