import { money, sameMoney, type BillingMethod, type Coded, type Money, type TimeEntry } from '#canonical';
import { Exact, type FoundRate } from '../rates/rates.rules.js';
import { explainRate, explainRounding } from './explanation.rules.js';

export interface TimePrice {
  /** What is billed an hour; zero when the line is not billed. */
  ratePerHour: Money;
  /** What is billed. */
  amount: Money;
  /** What the time would be billed at if it were; null when no rate is known. */
  worth: Money | null;
  explanation: Coded[];
}

/** The rate of a line that is not billed may be missing: nothing waits for it. */
export type KnownRate = Omit<FoundRate, 'perHour'> & { perHour: Money };

/**
 * Rate times hours, rounded once, at the end: minutes times the rate per hour (already at its minor unit), by sixty, half up away from zero.
 * That is how the ERP multiplies it too, so that both have the same cent.
 */
export const priceOfTime = (ratePerHour: Money, minutes: number): Money => money(exactPrice(ratePerHour, minutes), ratePerHour.currency);

const exactPrice = (ratePerHour: Money, minutes: number) => new Exact(ratePerHour.amount).times(minutes).div(60);

/** Time is billed when its contract bills time and the line says that it is billable; else its worth is told and nothing is billed. */
export function priceTime(
  entry: Pick<TimeEntry, 'workedMinutes' | 'billable'>,
  { method, currency }: { method: BillingMethod; currency: string },
  found: KnownRate | undefined,
  minutesPerDay: number,
): TimePrice {
  const notBilled = whyNotBilled(entry.billable, method === 'time-and-materials', method);
  if (!found) {
    const nothing = money(0, currency);
    return { ratePerHour: nothing, amount: nothing, worth: null, explanation: [...notBilled, { code: 'price.worth-unknown', params: {} }] };
  }
  const worth = priceOfTime(found.perHour, entry.workedMinutes);
  const nothing = money(0, worth.currency);
  const explanation: Coded[] = [
    ...explainRate(found, minutesPerDay),
    {
      code: 'price.time',
      params: { minutes: String(entry.workedMinutes), rate: found.perHour.amount, amount: worth.amount, currency: worth.currency },
    },
    ...explainRounding(exactPrice(found.perHour, entry.workedMinutes), worth),
  ];
  if (notBilled.length === 0) return { ratePerHour: found.perHour, amount: worth, worth, explanation };
  return {
    ratePerHour: nothing,
    amount: nothing,
    worth,
    explanation: [...explanation, ...notBilled, { code: 'price.worth', params: { amount: worth.amount, currency: worth.currency } }],
  };
}

/** The contract's word first: a line of a fixed price is not billed by the hour, whatever it says itself. */
export function whyNotBilled(billable: boolean, billedByContract: boolean, method: BillingMethod): Coded[] {
  if (!billedByContract) return [{ code: 'price.not-billed-by-contract', params: { method } }];
  return billable ? [] : [{ code: 'price.not-billable-line', params: {} }];
}

/** How the PSA's own rate differs from ours; `undefined` when it agrees or the PSA has none. Only compared, never billed. */
export function psaRateDifference(psaRate: Money | undefined, ours: Money): Coded | undefined {
  if (!psaRate || sameMoney(psaRate, ours)) return undefined;
  return {
    code: 'price.psa-rate-differs',
    params: { psaRate: psaRate.amount, psaCurrency: psaRate.currency, rate: ours.amount, currency: ours.currency },
  };
}
