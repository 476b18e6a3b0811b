import { FlowConfig } from '#flow';
import type { AppDefinition } from '#service';
import { ProjectInitiationConfig } from './project-initiation.config.js';
import { ProjectInitiationModule } from './project-initiation.module.js';

export const projectInitiationApp: AppDefinition = {
  name: 'project-initiation',
  layer: 'process',
  prefix: '/process/project-initiation',
  module: ProjectInitiationModule,
  title: 'Project initiation',
  description:
    'Takes a deal that was won to a running project with billing in the ERP; checks deals before they close; exceptions and mappings of the journey.',
  owner: 'pmo',
  lifecycle: 'active',
  versions: ['1'],
  config: [ProjectInitiationConfig, FlowConfig],
  calls: ['crm.read', 'psa.read', 'psa.write', 'erp.read', 'erp.write', 'hcm.read', 'act-for'],
};
