import { Decimal } from 'decimal.js';
import { message, reasonOf, type Fault, type MessageCode, type ParamsBeside, type ParamsOf } from '#apis';
import {
  addMoney,
  BILLING_METHODS,
  isCurrency,
  isCurrencyOn,
  money,
  sameMoney,
  sameRate,
  unitRateOf,
  UNKNOWN_COUNTRY,
  type BillingMethod,
  type Deal,
  type Desk,
  type Money,
  type Rated,
} from '#canonical';
import type { MappingTable } from '#mappings';
import { customerFaults, type CustomerRules } from '../../customers/customer.rules.js';
import { needs, type DealField } from '../../needs.js';
import { offCardFaults, type SoldRateGrounds } from '../../sold-rates/sold-rates.rules.js';
import { WORDS, type ReportFault } from './deal-fields.js';

/** A complete deal in canonical words. */
export interface CheckedDeal {
  deal: Deal;
  legalEntity: string;
  costCentre: string;
  taxCode: string;
  billingMethod: BillingMethod;
  startDate: string;
  endDate: string;
  /** The most that may be billed; null where the deal has no such limit. */
  notToExceed: Money | null;
  /** The seller's word for a role -> canonical role. */
  roles: Map<string, string>;
}

/**
 * Refused, with as much of the deal as could be determined, so that the back ends can be asked
 * about that too.
 */
export type Checked = { ok: true; checked: CheckedDeal } | { ok: false; faults: Fault[]; draft: DraftDeal };

export type DraftDeal = Pick<CheckedDeal, 'deal' | 'roles' | 'notToExceed'> & Partial<CheckedDeal>;

/**
 * The rate for work on days on which a role is sold twice: the rate stated for the worker's
 * assignment.
 */
export const SOLD_TWICE = ['by-assignment'] as const;

/** What a not-to-exceed of 0 may mean: no limit, or that nothing may be billed. */
export const ZERO_CAPS = ['none', 'nothing'] as const;

const LATEST_START_AFTER_CLOSE_DAYS = 730;
const LATEST_START_BEFORE_CLOSE_DAYS = 365;

/**
 * All faults of the deal, or the deal in canonical words. Pure: the same deal and mappings give the
 * same answer. `kept`: terms that a person decided to keep, whatever the deal says.
 */
export function checkDeal(
  deal: Deal,
  mappings: MappingTable,
  soldRates: SoldRateGrounds,
  customers: CustomerRules,
  kept: Partial<DealTerms> = {},
): Checked {
  const faults: Fault[] = [];
  const dealFault = <Code extends MessageCode>(code: Code, field: DealField, params: ParamsBeside<Code, 'deal'>, desk: Desk = 'sales-operations') =>
    faults.push({
      reason: reasonOf(code, { deal: deal.name, ...params } as ParamsOf<Code>, { field: `deal.${camel(field)}` }),
      category: 'validation',
      desk,
      need: needs.deal(deal.id, field),
    });
  const translate = (kind: keyof typeof WORDS, source: string | undefined, desk: Desk): string | undefined => {
    const { field, missing, unmapped } = WORDS[kind];
    if (!source) {
      dealFault(missing, field, {});
      return undefined;
    }
    const target = mappings.get(kind, source);
    if (target === undefined) {
      faults.push({
        reason: { ...message(unmapped, { deal: deal.name, source }), field: `deal.${camel(field)}` },
        category: 'missing-reference',
        desk,
        need: needs.mapping(kind, source),
      });
    }
    return target;
  };

  faults.push(...customerFaults(deal.customer, customers, mappings));
  const legalEntity = kept.legalEntity ?? translate('legal-entity', deal.legalEntity, 'finance');
  const costCentre = translate('cost-centre', deal.costCentre, 'finance');
  const billingMethod = (kept.billingMethod ?? translate('billing-method', deal.billingMethod, 'finance')) as BillingMethod | undefined;
  if (billingMethod && !BILLING_METHODS.includes(billingMethod))
    dealFault('deal.billing-method-unknown', 'billing-method', { method: billingMethod }, 'finance');
  const { country = UNKNOWN_COUNTRY } = deal.customer.billingAddress ?? {};
  const taxCode = legalEntity && country !== UNKNOWN_COUNTRY ? translate('tax-code', `${legalEntity}:${country}`, 'finance') : undefined;
  const roles = new Map<string, string>();
  for (const role of new Set(deal.roles.map(sold => sold.role))) {
    const canonical = translate('role', role, 'pmo');
    if (canonical) roles.set(role, canonical);
  }
  if (deal.customer.purchaseOrderRequired && !deal.purchaseOrder?.trim())
    dealFault('deal.purchase-order-missing', 'purchase-order', { customer: deal.customer.name });
  checkCurrencies(deal, dealFault);
  faults.push(...offCardFaults(deal, soldRates));
  checkDates(deal, dealFault);
  if (mappings.get('sold-twice', deal.id) === undefined) faults.push(...soldTwiceFaults(deal, roles));
  const zeroCap = mappings.get('zero-not-to-exceed', deal.id);
  faults.push(...notToExceedFaults(deal, zeroCap));
  checkMilestoneNumbers(deal, dealFault);
  if (billingMethod) checkBillingMethod(deal, billingMethod, dealFault);
  const notToExceed = deal.notToExceed && !(isZero(deal.notToExceed) && zeroCap === 'none') ? deal.notToExceed : null;
  const { startDate, endDate } = deal;
  const draft: DraftDeal = { deal, legalEntity, costCentre, taxCode, billingMethod, startDate, endDate, notToExceed, roles };
  if (faults.length > 0 || !isComplete(draft)) return { ok: false, faults, draft };
  return { ok: true, checked: draft };
}

const isZero = ({ amount }: Money): boolean => new Decimal(amount).isZero();

/** CRMs write 0 both for "no limit" and for "nothing": people say which one it is, once a deal. */
function notToExceedFaults({ id, name, notToExceed }: Deal, zeroCap: string | undefined): Fault[] {
  if (!notToExceed || new Decimal(notToExceed.amount).gt(0)) return [];
  const rest = { category: 'validation', desk: 'sales-operations' } as const;
  const reason = { field: 'deal.notToExceed', params: { deal: name, amount: notToExceed.amount, currency: notToExceed.currency } };
  if (!isZero(notToExceed)) return [{ ...rest, reason: { code: 'deal.not-to-exceed-negative', ...reason }, need: needs.deal(id, 'not-to-exceed') }];
  return zeroCap === undefined ? [{ ...rest, reason: { code: 'deal.not-to-exceed-zero', ...reason }, need: needs.zeroNotToExceed(id) }] : [];
}

/**
 * Whether the draft has everything that determines what the deal becomes, whether right or wrong.
 */
export const isComplete = (draft: DraftDeal): draft is CheckedDeal =>
  [draft.legalEntity, draft.costCentre, draft.taxCode, draft.billingMethod, draft.startDate, draft.endDate, draft.deal.customer.billingAddress].every(
    part => part !== undefined,
  ) &&
  draft.deal.roles.every(({ role }) => draft.roles.has(role)) &&
  draft.deal.milestones.every(({ dueDate }) => dueDate !== undefined);

/**
 * A deal has one currency, which is in use when the deal starts. Its amount, rates, milestones and
 * rate card have it, and the card has a rate for everything that is sold.
 */
function checkCurrencies(deal: Deal, fault: ReportFault): void {
  if (!isCurrency(deal.currency)) fault('deal.currency-missing', 'currency', {});
  else if (deal.startDate && !isCurrencyOn(deal.currency, deal.startDate))
    fault('deal.currency-not-in-use', 'currency', { currency: deal.currency, startDate: deal.startDate });
  const amounts: [string, Money | undefined][] = [
    ['amount', deal.amount],
    ['notToExceed', deal.notToExceed],
    ...deal.roles.flatMap((role): [string, Money][] => [[`rate of ${role.role}`, role.ratePerHour]]),
    ...deal.milestones.map((milestone): [string, Money] => [`milestone ${milestone.name}`, milestone.amount]),
  ];
  for (const [what, amount] of amounts) {
    if (amount && amount.currency !== deal.currency)
      fault('deal.currency-differs', 'currency', { what, currency: amount.currency, dealCurrency: deal.currency });
  }
  const card = deal.rateCard;
  if (!card) return;
  if (card.currency !== deal.currency)
    return fault('deal.rate-card-currency', 'rate-card', { rateCard: card.code, currency: card.currency, dealCurrency: deal.currency });
  if (card.rates.length === 0) return fault('deal.rate-card-unknown', 'rate-card', { rateCard: card.code });
  for (const sold of deal.roles) {
    if (!card.rates.some(({ role }) => role === sold.role))
      fault('deal.rate-card-role-missing', 'rate-card', { rateCard: card.code, role: sold.role });
  }
}

function checkDates(deal: Deal, fault: ReportFault): void {
  const { startDate, endDate } = deal;
  if (!startDate || !endDate)
    return fault('deal.dates-missing', 'dates', { missing: [!startDate && 'start', !endDate && 'end'].filter(Boolean).join(' and ') });
  if (endDate < startDate) return fault('deal.dates-reversed', 'dates', { startDate, endDate });
  const days = daysBetween(deal.closeDate, startDate);
  if (days > LATEST_START_AFTER_CLOSE_DAYS || days < -LATEST_START_BEFORE_CLOSE_DAYS)
    fault('deal.start-unlikely', 'dates', { startDate, closeDate: deal.closeDate });
  for (const role of deal.roles) {
    const from = role.startDate ?? startDate;
    const to = role.endDate ?? endDate;
    if (to < from) fault('deal.role-dates-reversed', 'roles', { role: role.role, startDate: from, endDate: to });
    else if (from < startDate || to > endDate) fault('deal.role-dates-outside', 'roles', { role: role.role, startDate: from, endDate: to });
  }
  for (const milestone of deal.milestones) {
    if (!milestone.dueDate) fault('deal.milestone-date-missing', 'milestones', { milestone: milestone.name });
    else if (milestone.dueDate < startDate || milestone.dueDate > endDate)
      fault('deal.milestone-date-outside', 'milestones', { milestone: milestone.name, dueDate: milestone.dueDate });
  }
}

/**
 * Two lines sell one role for the same days at different rates, however they spell it: choosing a
 * day's rate would be a guess.
 */
function soldTwiceFaults(deal: Deal, canonical: Map<string, string>): Fault[] {
  const faults: Fault[] = [];
  const lines = deal.roles.map(sold => ({ ...sold, from: sold.startDate ?? deal.startDate, to: sold.endDate ?? deal.endDate }));
  const dated = lines.flatMap(({ from, to, ...line }) => (from === undefined || to === undefined ? [] : [{ ...line, from, to }]));
  const roleOf = (word: string) => canonical.get(word) ?? word;
  for (const [index, one] of dated.entries()) {
    for (const other of dated.slice(index + 1)) {
      if (roleOf(one.role) !== roleOf(other.role) || sameRate(one, other)) continue;
      if (one.from > other.to || other.from > one.to) continue;
      const params = {
        deal: deal.name,
        role: one.role,
        rate: told(one),
        startDate: one.from,
        endDate: one.to,
        otherRate: told(other),
        otherStartDate: other.from,
        otherEndDate: other.to,
      };
      faults.push({
        reason: { code: 'deal.sold-twice', field: 'deal.roles', params },
        category: 'validation',
        desk: 'sales-operations',
        need: needs.soldTwice(deal.id),
      });
    }
  }
  return faults;
}

/** A rate as people read it: 999.00 GBP a day. */
function told(rated: Rated): string {
  const { amount, currency, unit } = unitRateOf(rated);
  return `${amount} ${currency} ${unit === 'day' ? 'a day' : 'an hour'}`;
}

/** Each milestone has its own number, from 1; 0 means none. The ERP bills by it. */
function checkMilestoneNumbers(deal: Deal, fault: ReportFault): void {
  const taken = new Map<number, string>();
  for (const { name, sequence } of deal.milestones) {
    const other = taken.get(sequence);
    if (!Number.isInteger(sequence) || sequence < 1) fault('deal.milestone-number', 'milestones', { milestone: name, number: String(sequence) });
    else if (other !== undefined) fault('deal.milestone-number-twice', 'milestones', { milestone: name, other, number: String(sequence) });
    else taken.set(sequence, name);
  }
}

/** Each billing method needs its own fields. */
function checkBillingMethod(deal: Deal, method: BillingMethod, fault: ReportFault): void {
  if (new Decimal(deal.amount.amount).lte(0)) fault('deal.amount-missing', 'amount', { amount: deal.amount.amount, currency: deal.amount.currency });
  if (deal.roles.length === 0 && method !== 'milestone') fault('deal.roles-missing', 'roles', {});
  for (const role of deal.roles) if (role.minutes <= 0) fault('deal.role-without-time', 'roles', { role: role.role });
  if ((method === 'time-and-materials' || method === 'retainer') && !deal.rateCard) fault('deal.rate-card-missing', 'rate-card', { method });
  if (method !== 'fixed-price' && method !== 'milestone') return;
  if (deal.milestones.length === 0) return fault('deal.milestones-missing', 'milestones', { method });
  if (deal.milestones.some(milestone => milestone.amount.currency !== deal.amount.currency)) return;
  const sum = addMoney(money(0, deal.amount.currency), ...deal.milestones.map(milestone => milestone.amount));
  if (!sameMoney(sum, deal.amount))
    fault('deal.milestones-sum', 'milestones', { sum: sum.amount, price: deal.amount.amount, currency: sum.currency });
}

const daysBetween = (from: string, to: string): number => Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000);

const camel = (field: string): string => field.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());

/** The terms that a project is based on, stored with it so that a later change is noticed. */
export interface DealTerms {
  legalEntity: string;
  billingMethod: string;
  currency: string;
  customerId: string;
}

export const termsOf = (checked: CheckedDeal): DealTerms => ({
  legalEntity: checked.legalEntity,
  billingMethod: checked.billingMethod,
  currency: checked.deal.currency,
  customerId: checked.deal.customer.id,
});

/** The deal's current terms in canonical words; a term whose word is not mapped is undefined. */
export const termsAsked = ({ legalEntity, billingMethod, currency, customer }: Deal, mappings: MappingTable): Partial<DealTerms> => ({
  legalEntity: legalEntity && mappings.get('legal-entity', legalEntity),
  billingMethod: billingMethod && mappings.get('billing-method', billingMethod),
  currency,
  customerId: customer.id,
});
