import { message, type Message } from '#apis';
import { money, unitPrice, type BillingMethod, type Money, type TimeEntry } from '#canonical';
import { Exact, type FoundRate, type RateRow } from '../rates/rates.rules.js';
import { explainRate, explainRounding, shown } from './explanation.rules.js';

type Decimal = InstanceType<typeof Exact>;

export interface TimePrice {
  /** What the ERP multiplies by the hours; zero when the line is not billed. */
  ratePerHour: Money;
  /** What is billed. */
  amount: Money;
  /** What the time would be billed at if it were; null when no rate is known. */
  worth: Money | null;
  /** What the day's other lines have to know of it; null when each line is priced by itself. */
  share: DayShare | null;
  explanation: Message[];
}

/** The rate of a line that is not billed may be missing: nothing waits for it. */
export type KnownRate = Omit<FoundRate, 'rate'> & { rate: string };

/** What a rate is multiplied by: a row of the hour or of the day. */
export interface UnitRate {
  row: Pick<RateRow, 'unit'>;
  /** Per hour or day, exact. */
  rate: string;
  minutesPerDay: number;
}

/** How time is counted; finance's choices. */
export interface TimePolicy {
  /** A part of a day by a day rate: as it was worked, or every half or whole day begun. */
  dayRate: 'pro-rata' | 'half-days' | 'whole-days';
  /** What is worked beyond the day of a day rate: billed as well, or not. */
  longerDay: 'pro-rata' | 'capped';
  /** Lines of one person, project, day and rate: each rounded by itself, or together, the last one having what is left. */
  lineRounding: 'line' | 'day';
}

/** What a line has of its person's day on its project by a rate row. */
export interface DayShare {
  row: string;
  minutes: number;
  amount: string;
  /** Parts of days are counted, so that what it has is more than a remainder of rounding. */
  counted?: true;
}

/** Minutes times the rate per hour, by sixty, rounded once, half up away from zero: how the ERP multiplies it too. */
export const priceOfTime = (ratePerHour: Money, minutes: number): Money =>
  money(new Exact(ratePerHour.amount).times(minutes).div(60), ratePerHour.currency);

/** Rate times time, exact: it is multiplied before it is divided, and not rounded. */
export function exactPrice({ row, rate, minutesPerDay }: UnitRate, minutes: number, policy: TimePolicy): Decimal {
  const [units, per] = row.unit === 'hour' ? [minutes, 60] : days(minutes, minutesPerDay, policy);
  return new Exact(rate).times(units).div(per);
}

/** The days that some minutes are billed as: so many of so many to a day. */
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

/** Whether lines of a day are priced together: by rounding, or since parts of days are counted. */
const isShared = (row: Pick<RateRow, 'unit'>, policy: TimePolicy): boolean => policy.lineRounding === 'day' || isCounted(row, policy);

const isCounted = ({ unit }: Pick<RateRow, 'unit'>, { dayRate, longerDay }: TimePolicy): boolean =>
  unit === 'day' && (dayRate !== 'pro-rata' || longerDay === 'capped');

/** Whether any line's price may depend on others of its day. */
export const knowsTheDay = (policy: TimePolicy): boolean => isShared({ unit: 'day' }, policy);

/**
 * Time is billed when its contract bills time and the line says that it is billable; else its worth is told and nothing is billed. Rate times
 * time, rounded once. Where a day's lines are priced together a line has what all of them come to less what the others have: these keep theirs.
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
 * The rate per hour that makes the line's amount when it is multiplied by its minutes and rounded: ours where it does; else, where a day was
 * counted or does not divide, the one that the amount comes to.
 */
function carriedRate(found: UnitRate, minutes: number, amount: Money): Money {
  const { currency } = amount;
  const per = found.row.unit === 'hour' ? 1 : new Exact(60).div(found.minutesPerDay);
  const own = unitPrice(new Exact(found.rate).times(per), currency);
  if (minutes === 0 || priceOfTime(own, minutes).amount === amount.amount) return own;
  return unitPrice(new Exact(amount.amount).times(60).div(minutes), currency);
}

/** The contract's word first: a line of a fixed price is not billed by the hour, whatever it says itself. */
export function whyNotBilled(billable: boolean, billedByContract: boolean, method: BillingMethod): Message[] {
  if (!billedByContract) return [{ code: 'price.not-billed-by-contract', params: { method } }];
  return billable ? [] : [{ code: 'price.not-billable-line', params: {} }];
}

/** How the PSA's own rate, which it rounds, differs from ours; `undefined` when it agrees or the PSA has none. Only compared, never billed. */
export function psaRateDifference(psaRate: Money | undefined, found: UnitRate, currency: string): Message<'price.psa-rate-differs'> | undefined {
  const perHour = new Exact(found.rate).times(60).div(found.row.unit === 'hour' ? 60 : found.minutesPerDay);
  const ours = money(perHour, currency);
  if (!psaRate || (psaRate.currency === currency && new Exact(psaRate.amount).eq(ours.amount))) return undefined;
  return {
    code: 'price.psa-rate-differs',
    params: { psaRate: psaRate.amount, psaCurrency: psaRate.currency, rate: ours.amount, currency },
  };
}
