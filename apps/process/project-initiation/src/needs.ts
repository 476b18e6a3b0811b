import { mappingNeed } from '#mappings';
import { questionNeed, soldRateNeed } from '#ownership';
import { defineNeed } from '#work';

const CURES_OF_A_DEAL = {
  'legal-entity': 'cure.deal.legal-entity',
  'cost-centre': 'cure.deal.cost-centre',
  'billing-method': 'cure.deal.billing-method',
  currency: 'cure.deal.currency',
  'rate-card': 'cure.deal.rate-card',
  roles: 'cure.deal.roles',
  milestones: 'cure.deal.milestones',
  amount: 'cure.deal.amount',
  'not-to-exceed': 'cure.deal.not-to-exceed',
  dates: 'cure.deal.dates',
  'purchase-order': 'cure.deal.purchase-order',
} as const;
export type DealField = keyof typeof CURES_OF_A_DEAL;
export const DEAL_FIELDS = Object.keys(CURES_OF_A_DEAL) as DealField[];

const CURES_OF_A_CUSTOMER = {
  name: 'cure.customer.name',
  address: 'cure.customer.address',
  'tax-registration': 'cure.customer.tax-registration',
} as const;
export type CustomerField = keyof typeof CURES_OF_A_CUSTOMER;
export const CUSTOMER_FIELDS = Object.keys(CURES_OF_A_CUSTOMER) as CustomerField[];

/** What must arrive before a deal can go on. */
export const needs = {
  deal: defineNeed('deal:{dealId}:{field}', { cure: CURES_OF_A_DEAL }),
  /** The same need again; only another try shows whether the ERP still requires it. */
  purchaseOrder: defineNeed('deal:{dealId}:purchase-order', { cure: 'cure.deal.purchase-order', tried: true }),
  customer: defineNeed('customer:{customerId}:{field}', { cure: CURES_OF_A_CUSTOMER }),
  billTo: defineNeed('customer:{customerId}:bill-to', { cure: 'cure.customer.bill-to', tried: true }),
  /** Waits for other customers in the ERP, which do not belong to this firm's deals. */
  oneMatch: defineNeed('customer:{customerId}:one-match', { cure: 'cure.customer.one-match', tried: true }),
  // Mappings that answer a question instead of translating a word.
  soldTwice: defineNeed('mapping:sold-twice:{source}', { cure: 'cure.sold-twice' }),
  zeroNotToExceed: defineNeed('mapping:zero-not-to-exceed:{source}', { cure: 'cure.zero-not-to-exceed' }),
  taxRegistration: defineNeed('mapping:tax-registration:{source}', { cure: 'cure.tax-registration' }),
  mapping: mappingNeed,
  soldRate: soldRateNeed,
  question: questionNeed,
  timeBooked: defineNeed('decision:{dealId}:time-booked', { cure: 'cure.decision' }),
  plan: defineNeed('decision:{dealId}:plan', { cure: 'cure.decision' }),
  /**
   * A value that the ERP's records refer to must exist; all exceptions that lack it share the need.
   */
  reference: defineNeed('reference:{reference}', {
    cure: 'cure.reference',
    tried: true,
    metBy: { 'reference-value.changed.v1': ({ state, deleted }, { reference }) => state.active && !deleted && state.id === reference },
  }),
  refusal: defineNeed('refusal:{system}:{code}', { cure: 'cure.refusal', tried: true }),
  refusedField: defineNeed('refusal:{system}:{field}:{message}', { cure: 'cure.refusal', tried: true }),
  complete: defineNeed('project:{projectId}:{system}-complete', { cure: 'cure.project', tried: true }),
  available: defineNeed('system:{system}:available', { cure: 'cure.system' }),
  moving: defineNeed('journey:{dealId}:moving', { cure: 'cure.journey' }),
};

export const NEEDS = Object.values(needs);
