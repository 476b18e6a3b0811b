import { erpApi } from '#apis/erp';
import { CaptureConfig } from '#capture';
import type { AppDefinition } from '#service';
import { ErpConfig } from './erp.config.js';
import { ErpModule } from './erp.module.js';
import { vendors } from './vendors/index.js';

export const erpApp: AppDefinition = {
  name: 'erp',
  prefix: '/system/erp',
  module: ErpModule,
  title: 'Enterprise resource planning',
  description:
    'Billing customers, financial projects with billing schedule and dimensions, billable transactions on their way to an invoice, invoices, exchange rates, periods, and the reference data they use, in whichever ERP the firm uses.',
  apis: [erpApi],
  config: [ErpConfig, CaptureConfig],
  vendors,
  reads: [],
};
