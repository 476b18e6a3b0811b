import { hcmApi } from '#apis/hcm';
import { CaptureConfig } from '#capture';
import type { AppDefinition } from '#service';
import { HcmConfig } from './hcm.config.js';
import { HcmModule } from './hcm.module.js';
import { vendors } from './vendors/index.js';

export const hcmApp: AppDefinition = {
  name: 'hcm',
  prefix: '/system/hcm',
  module: HcmModule,
  title: 'Workers',
  description: 'Workers as of any day, with status, role, skills, manager, location, legal entity, cost rate and leave; and who could fill a role.',
  apis: [hcmApi],
  config: [HcmConfig, CaptureConfig],
  vendors,
  reads: [],
};
