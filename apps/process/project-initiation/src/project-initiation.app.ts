import { projectInitiationApi } from '#apis/project-initiation';
import { FlowConfig } from '#flow';
import type { AppDefinition } from '#service';
import * as calls from './calls.js';
import { ProjectInitiationConfig } from './project-initiation.config.js';
import { ProjectInitiationModule } from './project-initiation.module.js';

export const projectInitiationApp: AppDefinition = {
  name: 'project-initiation',
  prefix: '/process/project-initiation',
  module: ProjectInitiationModule,
  title: 'Project initiation',
  description:
    'Takes a deal that was won to a running project with billing in the ERP; checks deals before they close; exceptions and mappings of the journey.',
  apis: [projectInitiationApi],
  config: [ProjectInitiationConfig, FlowConfig],
  calls: Object.values(calls),
  reads: [
    'billing-customer.changed.v1',
    'customer.changed.v1',
    'deal.changed.v1',
    'deal.lost.v1',
    'deal.reopened.v1',
    'deal.won.v1',
    'exception.changed.v1',
    'financial-project.changed.v1',
    'mapping.changed.v1',
    'project.changed.v1',
    'reference-value.changed.v1',
    'run.requested.v1',
    'set-aside.changed.v1',
  ],
};
