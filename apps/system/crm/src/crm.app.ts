import { crmApi } from '#apis/crm';
import { CaptureConfig } from '#capture';
import type { AppDefinition } from '#service';
import { CrmConfig } from './crm.config.js';
import { CrmModule } from './crm.module.js';
import { vendors } from './vendors/index.js';

export const crmApp: AppDefinition = {
  name: 'crm',
  prefix: '/system/crm',
  module: CrmModule,
  title: 'CRM',
  description: 'Deals as sold, with their roles, milestones, rate card and customer; customers with their parents; rate cards. Read-only.',
  apis: [crmApi],
  config: [CrmConfig, CaptureConfig],
  vendors,
  reads: ['mapping.changed.v1'],
};
