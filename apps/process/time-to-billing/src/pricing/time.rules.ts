import { message, type Message } from '#apis';
import { money, unitPrice, type BillingMethod, type Money, type TimeEntry } from '#canonical';
import { Exact, type FoundRate, type RateRow } from '../rates/rates.rules.js';
import { explainRate, explainRounding, shown } from './explanation.rules.js';

type Decimal = InstanceType<typeof Exact>;

export interface TimePrice {
  /** The rate that the ERP multiplies by the hours; zero when the line is not billed. */
  ratePerHour: Money;
  /** What is billed. */
  amount: Money;
  /** What the time would be billed at if it were billed; null when no rate is known. */
  worth: Money | null;
  /**
   * What the day's other lines need to know of this one; null when each line is priced by itself.
   */
  share: DayShare | null;
  explanation: Message[];
}

/** The rate of an unbilled line may be missing: nothing waits for it. */
export type KnownRate = Omit<FoundRate, 'rate'> & { rate: string };

/** A rate by the hour or by the day, to multiply time by. */
export interface UnitRate {
  row: Pick<RateRow, 'unit'>;
  /** Per hour or day, exact. */
  rate: string;
  minutesPerDay: number;
}

/** Finance's policies on how time is counted. */
export interface TimePolicy {
  /** A part of a day at a day rate: by the minutes worked, or every started half or whole day. */
  dayRate: 'pro-rata' | 'half-days' | 'whole-days';
  /** Work beyond the day of a day rate: billed too, or not. */
  longerDay: 'pro-rata' | 'capped';
  /**
   * Lines of one person, project, day and rate: each rounded by itself, or all together with the
   * last one taking the remainder.
   */
  lineRounding: 'line' | 'day';
}

/** A line's part of its person's day on its project under a rate row. */
export interface DayShare {
  row: string;
  minutes: number;
  amount: string;
  /** Parts of days are counted, so the line's part is more than a remainder of rounding. */
  counted?: true;
}

/**
 * Minutes times the rate per hour, divided by sixty, rounded once, half up away from zero: the ERP
 * multiplies in the same way.
 */
export const priceOfTime = (ratePerHour: Money, minutes: number): Money =>
  money(new Exact(ratePerHour.amount).times(minutes).div(60), ratePerHour.currency);

/** Rate times time, exact: multiplied before it is divided, and not rounded. */
export function exactPrice({ row, rate, minutesPerDay }: UnitRate, minutes: number, policy: TimePolicy): Decimal {
  const [units, per] = row.unit === 'hour' ? [minutes, 60] : days(minutes, minutesPerDay, policy);
  return new Exact(rate).times(units).div(per);
}

/** The number of days that some minutes are billed as, as a fraction of the day's minutes. */
function days(minutes: number, minutesPerDay: number, { dayRate, longerDay }: TimePolicy): [number, number] {
  const counted = longerDay === 'capped' ? Math.min(minutes, minutesPerDay) : minutes;
  switch (dayRate) {
    case 'pro-rata':
      return [counted, minutesPerDay];
    case 'half-days':
      return [Math.ceil((counted * 2) / minutesPerDay), 2];
    case 'whole-days':
      return [Math.ceil(counted / minutesPerDay), 1];
  }
}

/**
 * Whether the lines of a day are priced together, because of rounding or because parts of days are
 * counted.
 */
const isShared = (row: Pick<RateRow, 'unit'>, policy: TimePolicy): boolean => policy.lineRounding === 'day' || isCounted(row, policy);

const isCounted = ({ unit }: Pick<RateRow, 'unit'>, { dayRate, longerDay }: TimePolicy): boolean =>
  unit === 'day' && (dayRate !== 'pro-rata' || longerDay === 'capped');

/** Whether the price of any line may depend on other lines of its day. */
export const knowsTheDay = (policy: TimePolicy): boolean => isShared({ unit: 'day' }, policy);

/**
 * Prices time. It is billed when the contract bills time and the line is billable; else only its
 * worth is stated. Rate times time, rounded once. Where a day's lines are priced together, a line
 * gets the total of all less what the others have, and the others keep theirs.
 */
export function priceTime(
  entry: Pick<TimeEntry, 'workedMinutes' | 'billable' | 'overtime'>,
  { method, currency }: { method: BillingMethod; currency: string },
  found: KnownRate | undefined,
  policy: TimePolicy,
  sharesThatDay: DayShare[] = [],
): TimePrice {
  const notBilled = whyNotBilled(entry.billable, method === 'time-and-materials', method);
  const nothing = money(0, currency);
  if (!found)
    return {
      ratePerHour: nothing,
      amount: nothing,
      worth: null,
      share: null,
      explanation: [...notBilled, { code: 'price.worth-unknown', params: {} }],
    };
  const billed = notBilled.length === 0;
  const { workedMinutes: minutes } = entry;
  const shared = billed && isShared(found.row, policy);
  const others = shared ? sharesThatDay.filter(({ row }) => row === found.row.id) : [];
  const day = others.reduce((sum, other) => sum + other.minutes, minutes);
  const exact = exactPrice(found, day, policy);
  const whole = money(exact, currency);
  const taken = others.reduce((sum, other) => sum.plus(other.amount), new Exact(0));
  const worth = money(Exact.max(0, new Exact(whole.amount).minus(taken)), currency);
  const explanation = [
    ...explainRate(found),
    ...(entry.overtime && found.row.overtime === null ? [message('price.overtime-general', {})] : []),
    explainTime(found, day, whole, policy),
    ...explainRounding(exact, whole),
    ...(others.length === 0 ? [] : [explainOthers(others, taken, worth)]),
  ];
  if (billed) {
    const share = shared
      ? { row: found.row.id, minutes, amount: worth.amount, ...(isCounted(found.row, policy) ? { counted: true as const } : {}) }
      : null;
    return { ratePerHour: carriedRate(found, minutes, worth), amount: worth, worth, share, explanation };
  }
  const told = message('price.worth', { amount: worth.amount, currency });
  return { ratePerHour: nothing, amount: nothing, worth, share: null, explanation: [...explanation, ...notBilled, told] };
}

function explainTime(found: KnownRate, minutes: number, { amount, currency }: Money, policy: TimePolicy): Message {
  const params = { minutes: String(minutes), rate: unitPrice(found.rate, currency).amount, amount, currency };
  if (found.row.unit === 'hour') return { code: 'price.time', params };
  const [units, per] = days(minutes, found.minutesPerDay, policy);
  return message(DAYS[policy.dayRate], { ...params, day: String(found.minutesPerDay), days: shown(new Exact(units).div(per)) });
}

const DAYS = { 'pro-rata': 'price.days-pro-rata', 'half-days': 'price.days-half-days', 'whole-days': 'price.days-whole-days' } as const;

const explainOthers = (others: DayShare[], taken: Decimal, { amount, currency }: Money): Message => ({
  code: 'price.rest-of-day',
  params: { others: String(others.length), taken: money(taken, currency).amount, amount, currency },
});

/**
 * The rate per hour that gives the line's amount when multiplied by its minutes and rounded. Our
 * rate where it does; else, where days were counted or the rate does not divide, the rate that the
 * amount implies.
 */
function carriedRate(found: UnitRate, minutes: number, amount: Money): Money {
  const { currency } = amount;
  const per = found.row.unit === 'hour' ? 1 : new Exact(60).div(found.minutesPerDay);
  const own = unitPrice(new Exact(found.rate).times(per), currency);
  if (minutes === 0 || priceOfTime(own, minutes).amount === amount.amount) return own;
  return unitPrice(new Exact(amount.amount).times(60).div(minutes), currency);
}

/**
 * The contract decides first: a line of a fixed price is not billed by the hour, even if it is
 * marked billable.
 */
export function whyNotBilled(billable: boolean, billedByContract: boolean, method: BillingMethod): Message[] {
  if (!billedByContract) return [{ code: 'price.not-billed-by-contract', params: { method } }];
  return billable ? [] : [{ code: 'price.not-billable-line', params: {} }];
}

/**
 * How the PSA's own, rounded rate differs from ours; `undefined` when they agree or the PSA has
 * none. It is only compared, never billed.
 */
export function psaRateDifference(psaRate: Money | undefined, found: UnitRate, currency: string): Message<'price.psa-rate-differs'> | undefined {
  const perHour = new Exact(found.rate).times(60).div(found.row.unit === 'hour' ? 60 : found.minutesPerDay);
  const ours = money(perHour, currency);
  if (!psaRate || (psaRate.currency === currency && new Exact(psaRate.amount).eq(ours.amount))) return undefined;
  return {
    code: 'price.psa-rate-differs',
    params: { psaRate: psaRate.amount, psaCurrency: psaRate.currency, rate: ours.amount, currency },
  };
}
