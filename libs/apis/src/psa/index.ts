import { defineApi } from '../api.js';
import { feeds } from '../feeds/index.js';
import { TEAMS } from '../team.js';
import { abilities } from './abilities.js';
import { assignments } from './assignments.js';
import { billingStatus } from './billing-status.js';
import { deprecations } from './deprecations.js';
import { expenses } from './expenses.js';
import { invoices } from './invoices.js';
import { projects } from './projects.js';
import { staffingRequests } from './staffing-requests.js';
import { submissions } from './submissions.js';
import { timeEntries } from './time-entries.js';

export * from './abilities.js';
export * from './assignments.js';
export * from './billing-status.js';
export * from './expenses.js';
export * from './invoices.js';
export * from '../planned.js';
export * from './projects.js';
export * from './staffing-requests.js';
export * from './submissions.js';
export * from './time-entries.js';

export const psaApi = defineApi(
  {
    app: 'psa',
    layer: 'system',
    version: '1',
    owner: TEAMS.pmo,
    audience: 'internal',
    systemOfRecord: 'PSA',
    lifecycle: { state: 'active' },
    serviceLevel: { availability: '99.5 %', latencyMs95: 500, support: 'business hours' },
    deprecations: deprecations[1],
  },
  {
    ...projects,
    ...staffingRequests,
    ...assignments,
    ...timeEntries,
    ...expenses,
    ...submissions,
    ...billingStatus,
    ...invoices,
    ...abilities,
    ...feeds,
  },
);
