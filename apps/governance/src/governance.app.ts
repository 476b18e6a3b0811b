import { governanceApi } from '#apis/governance';
import type { AppDefinition } from '#service';
import * as calls from './calls.js';
import { GovernanceConfig } from './governance.config.js';
import { GovernanceModule } from './governance.module.js';

/**
 * What the governance team works with: the catalogue of every API with who uses it, and what is
 * decided while the house runs. No app depends on it.
 */
export const governanceApp: AppDefinition = {
  name: 'governance',
  prefix: '/governance',
  module: GovernanceModule,
  title: 'Governance',
  description: 'Every API with its owner, state and callers; the consumers and partners with their plans.',
  apis: [governanceApi],
  config: [GovernanceConfig],
  calls: Object.values(calls),
  reads: [],
};
