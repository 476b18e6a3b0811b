import { Decimal } from 'decimal.js';
import {
  countryCode,
  mintId,
  money,
  shortened,
  unitPrice,
  UNKNOWN_COUNTRY,
  type Address,
  type Customer,
  type Deal,
  type ExternalRef,
  type Rated,
  type SoldMilestone,
  type SoldRole,
} from '#canonical';
import { FROM_EVER, type DatedRateCardInCrm, type RateCardInCrm } from '../crm-vendor.js';
import type { SalesforceAccount, SalesforceLine, SalesforceMilestone, SalesforceOpportunity, SalesforceRateCard } from './salesforce.wire.js';

export const SYSTEM = 'salesforce';

/** The org that records come from. `account` is the 18-character organization id. */
export interface Org {
  account: string;
  /** For links people follow. */
  loginUrl: string;
  /** In which names of countries are written. */
  languages: string[];
  /** Of a contract that says nothing of its day. */
  hoursPerDay: number;
}

const SUFFIX = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345';

/**
 * The 18-character form of an id; both forms name one record, so ids are minted from this one only. The suffix says, per block of five,
 * which characters are upper-case.
 */
export function to18(id: string): string {
  if (id.length !== 15) return id;
  const blocks = [0, 5, 10].map(start =>
    Array.from(id.slice(start, start + 5)).reduce((bits, char, i) => (/[A-Z]/.test(char) ? bits | (1 << i) : bits), 0),
  );
  return id + blocks.map(bits => SUFFIX[bits]).join('');
}

export const customerIdOf = (org: Org, accountId: string): string => mintId('customer', SYSTEM, org.account, to18(accountId));
export const dealIdOf = (org: Org, opportunityId: string): string => mintId('deal', SYSTEM, org.account, to18(opportunityId));
export const rateCardIdOf = (org: Org, cardId: string): string => mintId('rate-card', SYSTEM, org.account, to18(cardId));

export function customerOf(account: SalesforceAccount, org: Org): Customer {
  return dense({
    id: customerIdOf(org, account.id),
    name: account.name,
    legalName: account.legalName,
    parentId: account.parentId && customerIdOf(org, account.parentId),
    billingAddress: addressOf(account, org),
    billingEmail: account.billingEmail,
    taxRegistration: account.taxRegistration,
    currency: account.currency,
    paymentTerms: account.paymentTerms,
    purchaseOrderRequired: account.purchaseOrderRequired,
    billToId: account.billTo && to18(account.billTo) !== to18(account.id) ? customerIdOf(org, account.billTo) : undefined,
    reverseCharge: account.reverseCharge,
    active: true,
    refs: [refTo(org, 'Account', account.id)],
    extensions: filled(account.extensions),
  });
}

/** `rateCard`: the version in force on the deal's first day, or the name alone when there is none. */
export function dealOf(opportunity: SalesforceOpportunity, rateCard: RateCardInCrm | undefined, org: Org): Deal {
  const id = dealIdOf(org, opportunity.id);
  // A single-currency org says so in its configuration; a multi-currency org's opportunity always has one.
  const currency = opportunity.currency ?? 'XXX';
  const minutesPerDay = minutesOf(opportunity.hoursPerDay ?? org.hoursPerDay);
  return dense({
    id,
    name: opportunity.name,
    stage: opportunity.won ? 'won' : opportunity.closed ? 'lost' : 'open',
    stageName: opportunity.stageName,
    closeDate: opportunity.closeDate,
    customer: opportunity.account ? customerOf(opportunity.account, org) : nobody(opportunity, org),
    legalEntity: opportunity.legalEntity,
    billingMethod: opportunity.billingMethod,
    costCentre: opportunity.practice,
    currency,
    amount: money(opportunity.amount ?? 0, currency),
    notToExceed: opportunity.notToExceed === undefined ? undefined : money(opportunity.notToExceed, currency),
    rateCard: rateCard && withoutLegalEntity(rateCard),
    startDate: opportunity.startDate,
    endDate: opportunity.endDate,
    purchaseOrder: opportunity.purchaseOrder,
    roles: opportunity.lines.map(line => roleOf(line, id, currency, minutesPerDay)),
    milestones: milestonesOf(opportunity.milestones, id, currency),
    owner: opportunity.owner && dense(opportunity.owner),
    modifiedAt: opportunity.modifiedAt,
    refs: [refTo(org, 'Opportunity', opportunity.id)],
    extensions: filled(opportunity.extensions),
  });
}

/** A rate without a role or without an amount, or of what is no time, prices no time: it is left out rather than taken for zero. */
export function rateCardOf(card: SalesforceRateCard, org: Org): RateCardInCrm {
  const currency = card.currency ?? 'XXX';
  return dense({
    code: card.code,
    currency,
    effectiveFrom: card.effectiveFrom,
    legalEntity: card.legalEntity,
    rates: card.rates.flatMap(({ role, price, unit: word }) => {
      const unit = unitOf(word);
      return role === undefined || price === undefined || !unit ? [] : [{ role, ...rateOf(price, unit, currency, minutesOf(org.hoursPerDay)) }];
    }),
  });
}

/** One record is one version, so that its id stays when its first day is corrected. */
export function datedRateCardOf(card: SalesforceRateCard, org: Org): DatedRateCardInCrm {
  return { id: rateCardIdOf(org, card.id), ...rateCardOf(card, org), effectiveFrom: card.effectiveFrom ?? FROM_EVER };
}

/** A rate card that a deal names and the org hasn't got, or none in force on its first day: no rates, so that the rules notice the name. */
export const rateCardNotFound = (code: string, { currency = 'XXX' }: SalesforceOpportunity): RateCardInCrm => ({ code, currency, rates: [] });

/** Quantity is hours, or days when the product is sold by the day; other units (a licence, a fee) are worth money and no time. */
function roleOf(line: SalesforceLine, dealId: string, currency: string, minutesPerDay: number): SoldRole {
  const unit = unitOf(line.unit);
  const minutes = unit === 'day' ? minutesPerDay : unit === 'hour' ? 60 : 0;
  return dense({
    id: mintId('task', dealId, 'line', to18(line.id)),
    role: line.productCode ?? line.productName ?? '',
    minutes: new Decimal(line.quantity).times(minutes).toDecimalPlaces(0, Decimal.ROUND_HALF_UP).toNumber(),
    ...rateOf(line.unitPrice, unit ?? 'hour', currency, minutesPerDay),
    amount: money(line.totalPrice, currency),
    startDate: line.startDate,
    endDate: line.endDate,
    skills: (line.skills ?? '')
      .split(';')
      .map(skill => skill.trim())
      .filter(skill => skill !== ''),
  });
}

/** As it was sold, with all its decimals. The price of a day stays the price of a day: an hour of it seldom has so many cents. */
function rateOf(price: number, unit: 'hour' | 'day', currency: string, minutesPerDay: number): Rated {
  const rate = unitPrice(price, currency);
  if (unit === 'hour') return { ratePerHour: rate };
  return { ratePerHour: money(new Decimal(rate.amount).times(60).div(minutesPerDay), currency), dayRate: { rate, minutes: minutesPerDay } };
}

function unitOf(word: string | undefined): 'hour' | 'day' | undefined {
  if (word === undefined || /^hours?$/i.test(word)) return 'hour';
  return /^days?$/i.test(word) ? 'day' : undefined;
}

const minutesOf = (hours: number): number => new Decimal(hours).times(60).toDecimalPlaces(0, Decimal.ROUND_HALF_UP).toNumber();

/** Where none of them is numbered their order does; else one without a number has 0, which is none. */
function milestonesOf(milestones: SalesforceMilestone[], dealId: string, currency: string): SoldMilestone[] {
  const numbered = milestones.some(({ sequence }) => sequence !== undefined);
  return milestones.map((milestone, index) => milestoneOf(milestone, numbered ? 0 : index + 1, dealId, currency));
}

function milestoneOf(milestone: SalesforceMilestone, unlessNumbered: number, dealId: string, currency: string): SoldMilestone {
  return dense({
    id: mintId('milestone', dealId, 'milestone', to18(milestone.id)),
    name: milestone.name,
    sequence: milestone.sequence ?? unlessNumbered,
    dueDate: milestone.dueDate,
    amount: money(milestone.amount, currency),
  });
}

/** Undefined where nothing of it is written. A country that nobody can tell is kept as it is written. */
function addressOf({ street, city, state, postalCode, country }: SalesforceAccount, { languages }: Org): Address | undefined {
  const written = country?.trim() ?? '';
  const code = countryCode(written, languages);
  if (code === undefined && ![street, city, state, postalCode, written].some(part => part?.trim())) return undefined;
  const told = code === undefined ? { country: UNKNOWN_COUNTRY, ...(written ? { countryName: shortened(written, 80) } : {}) } : { country: code };
  return dense<Address>({ street, city, state, postalCode, ...told });
}

/** A deal without an account: a customer without a name, whom the rules refuse. */
function nobody(opportunity: SalesforceOpportunity, org: Org): Customer {
  return { id: customerIdOf(org, opportunity.id), name: '', active: false, refs: [] };
}

const withoutLegalEntity = ({ legalEntity: _, ...card }: RateCardInCrm) => card;

const refTo = (org: Org, type: string, id: string): ExternalRef => ({
  system: SYSTEM,
  account: org.account,
  type,
  nativeId: to18(id),
  url: `${org.loginUrl.replace(/\/$/, '')}/lightning/r/${type}/${to18(id)}/view`,
});

const filled = (bag: Record<string, unknown>): Record<string, unknown> | undefined => (Object.keys(bag).length > 0 ? bag : undefined);

/** Without what is undefined, so that equal records are equal however they were read. */
function dense<T extends object>(record: T): T {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as T;
}
