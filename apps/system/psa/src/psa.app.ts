import { psaApi } from '#apis/psa';
import { CaptureConfig } from '#capture';
import type { AppDefinition } from '#service';
import { PsaConfig } from './psa.config.js';
import { PsaModule } from './psa.module.js';
import { vendors } from './vendors/index.js';

export const psaApp: AppDefinition = {
  name: 'psa',
  prefix: '/system/psa',
  module: PsaModule,
  title: 'Professional services automation',
  description: 'Projects with their tasks, milestones and budgets, and the staffing requests raised for them, in whichever PSA the firm uses.',
  apis: [psaApi],
  config: [PsaConfig, CaptureConfig],
  vendors,
  reads: [],
};
