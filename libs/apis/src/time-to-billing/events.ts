import { BillingLine, Nested } from '#canonical';
import { defineEvents } from '../event.js';

/** Lines come by the hundred, so one event has many of a batch. */
class BillingLinesChanged {
  @Nested(() => BillingLine, { list: true, most: 10_000, description: 'Each has its own `revision`.' }) lines: BillingLine[];
}

/** The events of time-to-billing. */
export const timeToBillingEvents = defineEvents(['time-to-billing'], {
  'billing-lines.changed.v1': { summary: 'Lines went on, or stopped, on their way to billing.', key: 'Batch', data: BillingLinesChanged },
});
