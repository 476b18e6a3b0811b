import type { Row } from '#connector';
import type { SalesforceConfig } from '../salesforce.config.js';
import { currencyField, currencyOf, bag, fieldList, flag, instant, required, text } from '../salesforce.wire.js';

/** An account, under our names for the firm's own fields. Absent where the org leaves it empty. */
export interface SalesforceAccount {
  id: string;
  name: string;
  parentId?: string;
  street?: string;
  city?: string;
  state?: string;
  postalCode?: string;
  country?: string;
  currency?: string;
  legalName?: string;
  taxRegistration?: string;
  billingEmail?: string;
  paymentTerms?: string;
  purchaseOrderRequired?: boolean;
  billTo?: string;
  reverseCharge?: boolean;
  modifiedAt: string;
  extensions: Record<string, unknown>;
}

export const accountFields = (c: SalesforceConfig): string[] => [
  'Id',
  'Name',
  'ParentId',
  'BillingStreet',
  'BillingCity',
  'BillingState',
  'BillingPostalCode',
  c.billingCountry,
  c.legalName,
  c.taxRegistration,
  c.billingEmail,
  c.paymentTerms,
  c.purchaseOrderRequired,
  c.billTo,
  c.reverseCharge,
  'SystemModstamp',
  ...currencyField(c),
  ...c.customerExtensions,
];

export function accountSelect(c: SalesforceConfig): string {
  return `SELECT ${fieldList(accountFields(c))} FROM Account`;
}

export function readAccount(row: Row, c: SalesforceConfig): SalesforceAccount {
  return {
    id: required(row, 'Id'),
    name: text(row, 'Name') ?? '',
    parentId: text(row, 'ParentId'),
    street: text(row, 'BillingStreet'),
    city: text(row, 'BillingCity'),
    state: text(row, 'BillingState'),
    postalCode: text(row, 'BillingPostalCode'),
    country: text(row, c.billingCountry),
    currency: currencyOf(row, c),
    legalName: text(row, c.legalName),
    taxRegistration: text(row, c.taxRegistration),
    billingEmail: text(row, c.billingEmail),
    paymentTerms: text(row, c.paymentTerms),
    purchaseOrderRequired: flag(row, c.purchaseOrderRequired),
    billTo: text(row, c.billTo),
    reverseCharge: flag(row, c.reverseCharge),
    modifiedAt: instant(row, 'SystemModstamp'),
    extensions: bag(row, c.customerExtensions),
  };
}
