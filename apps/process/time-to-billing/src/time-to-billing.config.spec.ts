import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { loadConfig, settingsOf } from '#service';
import { TimeToBillingConfig } from './time-to-billing.config.js';

it.each([
  ['TIME_TO_BILLING_EXCHANGE_RATE_DAYS', '36501'],
  ['TIME_TO_BILLING_EXCHANGE_RATE_DAYS', '999999999999999999999'],
  ['TIME_TO_BILLING_TRANSFER_PERCENT', '1001'],
  ['TIME_TO_BILLING_RECEIPT_OVER', '25'],
  ['TIME_TO_BILLING_RECEIPT_OVER', '-25 USD'],
  ['TIME_TO_BILLING_RECEIPT_OVER', '25 USD,25 ZZZ'],
  ['TIME_TO_BILLING_DUE_MS', '-1'],
])('%s of %s is refused, since nothing could be computed by it', (setting, value) => {
  expect(() => loadConfig(TimeToBillingConfig, { TIME_TO_BILLING_EXPENSE_COST: 'record', [setting]: value })).toThrow(setting);
});

it('has a word on each policy in the book of rules', () => {
  const book = readFileSync('docs/pricing.md', 'utf8');
  const running = /_MS$|_BATCH|_CLIENT_/;
  const policies = settingsOf(TimeToBillingConfig).filter(({ env }) => !running.test(env));
  expect(policies.map(({ env }) => env).filter(env => !book.includes(`\`${env}\``))).toEqual([]);
});
