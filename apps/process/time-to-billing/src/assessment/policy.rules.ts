import { money, Problem, type Money } from '#canonical';
import type { BillingPolicy } from '../lines/line-facts.js';
import type { TimeToBillingConfig } from '../time-to-billing.config.js';

/** Finance's stated choices. Throws `internal` for a receipt limit that is no amount. */
export function policyOf({ receiptOver, ...choices }: TimeToBillingConfig): BillingPolicy {
  return { ...choices, receiptOver: receiptOver.map(amountOf) };
}

function amountOf(text: string): Money {
  const [, amount, currency] = /^(\d+(?:\.\d+)?) ([A-Z]{3})$/.exec(text.trim()) ?? [];
  if (!currency) throw new Problem('internal', `TIME_TO_BILLING_RECEIPT_OVER: "${text}" is not an amount like 25 USD.`);
  return money(amount, currency);
}
