import type { BillingLine } from '#canonical';

/** The events of time-to-billing. */
export interface TimeToBillingEvents {
  /**
   * Many lines of a batch in one event, since lines come by the hundred; each carries its own
   * `revision`.
   */
  'billing-lines.changed.v1': { lines: BillingLine[] };
}
