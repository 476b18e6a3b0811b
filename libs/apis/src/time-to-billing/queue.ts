import { BillingQueue } from '#canonical';
import { get, operations } from '../operation.js';

export const queue = operations('queue', {
  queueQueue: get('queue', {
    scope: 'time-to-billing.read',
    summary: 'What waits on the way to the ERP, and why it is held when it is',
    answer: BillingQueue,
  }),
});
