import { Bag, BusinessDate, Currency, Email, Id, Instant, Minutes, Nested, OneOf, Text, Whole } from './decorators.js';
import { Customer } from './customer.js';
import { ExternalRef } from './ids.js';
import { Money } from './money.js';
import { DayRate } from './rate.js';

export const BILLING_METHODS = ['time-and-materials', 'fixed-price', 'milestone', 'retainer'] as const;
export type BillingMethod = (typeof BILLING_METHODS)[number];

export const DEAL_STAGES = ['open', 'won', 'lost'] as const;
export type DealStage = (typeof DEAL_STAGES)[number];

/** A role the deal sells: how much of whom, when, at what rate. Role and legal entity are in the seller's words; mappings translate. */
export class SoldRole {
  @Id({ description: 'Minted from the line it was sold on.' }) id: string;
  @Text({ max: 80 }) role: string;
  @Minutes() minutes: number;
  @Nested(() => Money, { description: 'Of a role sold by the day: what that makes an hour, rounded.' }) ratePerHour: Money;
  @Nested(() => DayRate, { optional: true, description: 'Of a role that is sold by the day.' }) dayRate?: DayRate;
  @Nested(() => Money, { description: 'What the line was sold for.' }) amount: Money;
  @BusinessDate({ optional: true }) startDate?: string;
  @BusinessDate({ optional: true }) endDate?: string;
  @Text({ list: true, max: 80 }) skills: string[];
}

export class SoldMilestone {
  @Id() id: string;
  @Text() name: string;
  @Whole({ min: 0, description: 'Its place among them, from 1; 0 where it was given none.' }) sequence: number;
  @BusinessDate({ optional: true }) dueDate?: string;
  @Nested(() => Money) amount: Money;
}

/** The rate of one role, from the rate card the deal names. */
export class RateCardRate {
  @Text({ max: 80 }) role: string;
  @Nested(() => Money, { description: 'Of a rate by the day: what that makes an hour, rounded.' }) ratePerHour: Money;
  @Nested(() => DayRate, { optional: true, description: 'Of a rate by the day.' }) dayRate?: DayRate;
}

export class RateCard {
  @Text({ max: 80 }) code: string;
  @Currency() currency: string;
  @BusinessDate({ optional: true, description: 'In force from this day until the day before the next version starts.' }) effectiveFrom?: string;
  @Nested(() => RateCardRate, { list: true }) rates: RateCardRate[];
}

export class DealOwner {
  @Text() name: string;
  @Email({ optional: true }) email?: string;
}

/** A deal as sold. Source of record: the CRM. Vocabulary fields (legalEntity, billingMethod, costCentre, role) hold the CRM's own words. */
export class Deal {
  @Id() id: string;
  @Text() name: string;
  @OneOf(DEAL_STAGES) stage: DealStage;
  @Text({ max: 80, description: "The stage's name in the CRM." }) stageName: string;
  @BusinessDate() closeDate: string;
  @Nested(() => Customer) customer: Customer;
  @Text({ optional: true, max: 80 }) legalEntity?: string;
  @Text({ optional: true, max: 80 }) billingMethod?: string;
  @Text({ optional: true, max: 80 }) costCentre?: string;
  @Currency() currency: string;
  @Nested(() => Money) amount: Money;
  @Nested(() => Money, { optional: true }) notToExceed?: Money;
  @Nested(() => RateCard, { optional: true }) rateCard?: RateCard;
  @BusinessDate({ optional: true }) startDate?: string;
  @BusinessDate({ optional: true }) endDate?: string;
  @Text({ optional: true, max: 80 }) purchaseOrder?: string;
  @Nested(() => SoldRole, { list: true }) roles: SoldRole[];
  @Nested(() => SoldMilestone, { list: true }) milestones: SoldMilestone[];
  @Nested(() => DealOwner, { optional: true }) owner?: DealOwner;
  @Instant({ description: 'When the CRM last changed it.' }) modifiedAt: string;
  @Nested(() => ExternalRef, { list: true }) refs: ExternalRef[];
  @Bag({ optional: true, description: "The firm's own fields, by their names in the back end." }) extensions?: Record<string, unknown>;
}
