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
  reads: [
    'accounting-period.changed.v1',
    'assignment.changed.v1',
    'billing-customer.changed.v1',
    'deal-rates.agreed.v1',
    'deal.changed.v1',
    'deal.won.v1',
    'exchange-rate.changed.v1',
    'expense-entry.changed.v1',
    'financial-project.changed.v1',
    'invoice.changed.v1',
    'mapping.changed.v1',
    'project.changed.v1',
    'rate-card.changed.v1',
    'reference-value.changed.v1',
    'set-aside.changed.v1',
    'time-entry.changed.v1',
    'worker.changed.v1',
  ],
};
