import { defineApi } from '../api.js';
import { exceptions } from '../exceptions/index.js';
import { mappings } from '../mappings/index.js';
import { TEAMS } from '../team.js';
import { checks } from './checks.js';
import { deprecations } from './deprecations.js';
import { plans } from './plans.js';
import { runs } from './runs.js';
import { soldRateAnswers } from './sold-rate-answers.js';

export * from './checks.js';
export * from './plans.js';
export * from './runs.js';
export * from './sold-rate-answers.js';

export const projectInitiationApi = defineApi(
  {
    app: 'project-initiation',
    layer: 'process',
    version: '1',
    owner: TEAMS.pmo,
    audience: 'internal',
    lifecycle: { state: 'active' },
    serviceLevel: { availability: '99.5 %', latencyMs95: 1000, support: 'business hours' },
    deprecations: deprecations[1],
  },
  { ...checks, ...plans, ...runs, ...soldRateAnswers, ...exceptions, ...mappings },
);
