import { money, type Money } from '#canonical';
import type { BillingPolicy } from '../facts/line-facts.js';
import type { TimeToBillingConfig } from '../time-to-billing.config.js';

/** Finance's stated choices. */
export function policyOf({ receiptOver, ...choices }: TimeToBillingConfig): BillingPolicy {
  return { ...choices, receiptOver: receiptOver.map(amountOf) };
}

/** Of "25 USD". */
function amountOf(text: string): Money {
  const [amount, currency] = text.split(' ');
  return money(amount, currency);
}
