import type { Message } from '#apis';
import { money, sameMoney, type BillableKind, type BillingMethod, type ExchangeRate, type Money } from '#canonical';
import { exchangeRateOn } from '../rates/exchange-rates.rules.js';
import { Exact } from '../rates/rates.rules.js';
import { agreedInContract, type ExpenseTerm } from './expense-terms.rules.js';
import { unitBilled, type OtherExpense } from './expense-units.rules.js';
import { explainExchange, explainRounding, shown } from './explanation.rules.js';
import { whyNotBilled } from './time.rules.js';

export interface ExpensePrice {
  kind: Extract<BillableKind, 'expense' | 'charge'>;
  /** What is billed; zero when the line is not billed. */
  amount: Money;
  /** What it would be billed at if it were billed. */
  worth: Money;
  /**
   * What was spent less tax that the firm gets back, in the contract's currency. In its own
   * currency where what is billed needs no exchange rate and there is none.
   */
  cost: Money;
  billed: boolean;
  explanation: Message[];
}

export interface MissingExchangeRate {
  from: string;
  to: string;
  date: string;
}

/**
 * Prices an expense in the contract's currency, rounded once at the end, half up away from zero. At
 * cost and in the contract's currency the ERP's own `expense` bills it. A mark-up, a price per unit
 * and another currency give amounts of ours: a `charge`. A contract that bills by its price and not
 * by time bills an expense on top only where its own terms mention expenses. `others` are the
 * expenses of the same person and project under terms of the same scope.
 */
export function priceExpense(
  entry: OtherExpense['entry'],
  { method, currency }: { method: BillingMethod; currency: string },
  term: ExpenseTerm,
  exchangeRates: ExchangeRate[],
  others: OtherExpense[] = [],
): { price: ExpensePrice } | { missing: MissingExchangeRate } {
  const into = converter(exchangeRates, currency, entry.expenseDate);
  const own = netOf(entry).amount;
  const net = into(own);
  const counted = count(entry, term, into, others);
  if ('missing' in counted) return counted;
  const { exact, explanation } = counted;
  const worth = money(exact, currency);
  const notBilled = whyNotBilled(entry.billable, method === 'time-and-materials' || agreedInContract(term), method);
  const told = [...explanation, ...explainRounding(exact, worth)];
  const billed = notBilled.length === 0 && !exact.isZero();
  return {
    price: {
      kind: term.treatment === 'at-cost' && entry.amount.currency === currency && sameMoney(own, entry.amount) ? 'expense' : 'charge',
      amount: notBilled.length > 0 ? money(0, currency) : worth,
      worth,
      cost: 'missing' in net ? money(own.amount, own.currency) : money(net.exact, currency),
      billed,
      explanation:
        notBilled.length === 0 ? told : [...told, ...notBilled, { code: 'price.worth', params: { amount: worth.amount, currency: worth.currency } }],
    },
  };
}

interface Counted {
  exact: InstanceType<typeof Exact>;
  explanation: Message[];
}

type Converted = Counted | { missing: MissingExchangeRate };

function count(entry: OtherExpense['entry'], term: ExpenseTerm, into: (amount: Money) => Converted, others: OtherExpense[]): Converted {
  const { amount: spent } = entry;
  const base = { term: term.id || 'house', spent: spent.amount, currency: spent.currency, level: term.level, from: term.from };
  if (term.treatment === 'per-unit' && term.unitRate) return countUnits(entry, { ...term, unitRate: term.unitRate }, into, others);
  const net = netOf(entry);
  const cost = into(net.amount);
  if ('missing' in cost) return cost;
  const explanation = [...net.explanation, ...cost.explanation];
  if (term.treatment !== 'mark-up') return { exact: cost.exact, explanation: [{ code: 'price.expense-at-cost', params: base }, ...explanation] };
  const percent = term.percent ?? '0';
  return {
    exact: cost.exact.times(new Exact(percent).plus(100)).div(100),
    explanation: [{ code: 'price.expense-mark-up', params: { ...base, percent } }, ...explanation],
  };
}

/**
 * What an expense costs the firm: tax that it gets back is no cost and is not billed on. Where this
 * is unknown, the expense is billed with the tax, and its explanation says so.
 */
function netOf({ amount: spent, tax }: OtherExpense['entry']): { amount: Money; explanation: Message[] } {
  if (!tax || tax.recoverable === undefined) return { amount: spent, explanation: [{ code: 'price.expense-tax-unknown', params: {} }] };
  const { amount, currency } = spent;
  const params = { tax: tax.amount, currency };
  if (!tax.recoverable) return { amount: spent, explanation: [{ code: 'price.expense-tax-not-recoverable', params }] };
  const net = { amount: new Exact(amount).minus(tax.amount).toFixed(), currency };
  return { amount: net, explanation: [{ code: 'price.expense-tax-recoverable', params: { ...params, net: net.amount } }] };
}

function countUnits(
  entry: OtherExpense['entry'],
  term: ExpenseTerm & { unitRate: Money },
  into: (amount: Money) => Converted,
  others: OtherExpense[],
): Converted {
  const { id, level, from, unitRate } = term;
  const told = (units: InstanceType<typeof Exact>): Message => ({
    code: 'price.expense-per-unit',
    params: { term: id, level, from, units: shown(units), unitRate: unitRate.amount, unitCurrency: unitRate.currency },
  });
  if (term.unit === 'cost' && term.unitCost) {
    const units = unitsOf(entry.amount, term.unitCost, into);
    if ('missing' in units) return units;
    const rate = into(unitRate);
    if ('missing' in rate) return rate;
    return {
      exact: units.paid.times(rate.exact).div(units.each),
      explanation: [told(units.paid.div(units.each)), ...units.explanation, ...rate.explanation],
    };
  }
  const unit = unitBilled(entry, term, others);
  // A price that is taken back is in the contract's currency already.
  if ('takenBack' in unit) return { exact: new Exact(0).minus(unit.takenBack?.amount ?? 0), explanation: unit.explanation };
  const rate = into(unitRate);
  if ('missing' in rate) return rate;
  return { exact: rate.exact.times(unit.percent).div(100), explanation: [told(new Exact(1)), ...unit.explanation, ...rate.explanation] };
}

/**
 * What was paid, and the cost of one unit. Not divided yet: dividing before multiplying cuts off
 * thirds and may lose a cent.
 */
interface Units {
  paid: InstanceType<typeof Exact>;
  each: InstanceType<typeof Exact>;
  explanation: Message[];
}

/**
 * How many units were paid for: what was spent divided by the firm's cost of one, in one currency.
 */
function unitsOf(spent: Money, unitCost: Money, into: (amount: Money) => Converted): Units | { missing: MissingExchangeRate } {
  if (spent.currency === unitCost.currency) return { paid: new Exact(spent.amount), each: new Exact(unitCost.amount), explanation: [] };
  const [total, each] = [into(spent), into(unitCost)];
  if ('missing' in total) return total;
  if ('missing' in each) return each;
  return { paid: total.exact, each: each.exact, explanation: [...total.explanation, ...each.explanation] };
}

function converter(rates: ExchangeRate[], currency: string, date: string): (amount: Money) => Converted {
  return amount => {
    if (amount.currency === currency) return { exact: new Exact(amount.amount), explanation: [] };
    const rate = exchangeRateOn(rates, amount.currency, currency, date);
    if (!rate) return { missing: { from: amount.currency, to: currency, date } };
    return { exact: new Exact(amount.amount).times(rate.rate), explanation: [explainExchange(rate)] };
  };
}

/** An amount converted at the day's rate, not rounded; `undefined` when there is no rate. */
export function converted(amount: Money, currency: string, date: string, rates: ExchangeRate[]): InstanceType<typeof Exact> | undefined {
  const result = converter(rates, currency, date)(amount);
  return 'missing' in result ? undefined : result.exact;
}
