import { timeToBillingApi, timeToBillingV1 } from '#apis/time-to-billing';
import type { AppDefinition } from '#service';
import * as calls from './calls.js';
import { TimeToBillingConfig } from './time-to-billing.config.js';
import { TimeToBillingModule } from './time-to-billing.module.js';

export const timeToBillingApp: AppDefinition = {
  name: 'time-to-billing',
  prefix: '/process/time-to-billing',
  module: TimeToBillingModule,
  title: 'Time to billing',
  description:
    'Takes approved time and expenses to billable transactions in the ERP: checks and prices as of the work date, posts exactly once, tells why a line is not billed.',
  apis: [timeToBillingV1, timeToBillingApi],
  config: [TimeToBillingConfig],
  calls: Object.values(calls),
};
