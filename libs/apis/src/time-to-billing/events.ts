import type { BillingLine } from '#canonical';

/** What time-to-billing says. */
export interface TimeToBillingEvents {
  /** Many lines of a batch in one event, since they come by the hundred; each carries its own `revision`. */
  'billing-lines.changed.v1': { lines: BillingLine[] };
}
