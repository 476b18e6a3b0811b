import { expect, it } from 'vitest';
import { loadConfig } from '#service';
import { TimeToBillingConfig } from './time-to-billing.config.js';

it.each([
  ['TIME_TO_BILLING_EXCHANGE_RATE_DAYS', '36501'],
  ['TIME_TO_BILLING_EXCHANGE_RATE_DAYS', '999999999999999999999'],
  ['TIME_TO_BILLING_TRANSFER_PERCENT', '1001'],
])('%s of %s is refused, since nothing could be computed by it', (setting, value) => {
  expect(() => loadConfig(TimeToBillingConfig, { [setting]: value })).toThrow(setting);
});
