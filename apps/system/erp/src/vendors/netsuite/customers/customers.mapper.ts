import { changedFrom, compact, type Address, type BillingCustomer } from '#canonical';
import type { Codes } from '../netsuite.references.js';
import type { CustomerFields, NetsuiteAddress, NetsuiteCustomer } from './customers.wire.js';

/** Without an id when it bears no external id of ours. */
export function customerOf(customer: NetsuiteCustomer, codes: Codes): Partial<BillingCustomer> {
  const { address } = billingAddressLine(customer) ?? {};
  return compact({
    id: customer.externalId,
    name: customer.companyName,
    legalName: address?.addressee,
    parentId: codes.customer(customer.parent),
    billingAddress: addressOf(address),
    billingEmail: customer.email,
    taxRegistration: customer.taxRegistration[0]?.taxRegistrationNumber,
    legalEntity: codes.legalEntity(customer.subsidiary),
    currency: codes.currency(customer.currency),
    paymentTerms: codes.terms(customer.terms),
    billToId: customer.billTo?.id === customer.id ? undefined : codes.customer(customer.billTo),
    reverseCharge: customer.reverseCharge,
    purchaseOrderRequired: customer.purchaseOrderRequired,
    status: customer.isInactive ? ('inactive' as const) : ('active' as const),
  });
}

const billingAddressLine = ({ addressBook }: NetsuiteCustomer) => addressBook.find(({ defaultBilling }) => defaultBilling) ?? addressBook[0];

function addressOf(address: NetsuiteAddress | undefined): Address | undefined {
  if (!address?.country) return undefined;
  return compact({ street: address.addr1, city: address.city, state: address.state, postalCode: address.zip, country: address.country.id });
}

/** Internal ids of what a customer refers to, looked up beforehand. */
export interface CustomerIds {
  subsidiary?: string;
  currency?: string;
  terms?: string;
  billTo?: string;
}

/**
 * The body that turns the customer into `after`: the attributes that differ from `before`, null for
 * removed ones.
 */
export function customerBody(
  after: BillingCustomer,
  before: Partial<BillingCustomer> | null,
  existing: NetsuiteCustomer | null,
  ids: CustomerIds,
  fields: CustomerFields,
): Record<string, unknown> {
  const changed = changedFrom(before, after);
  const body: Record<string, unknown> = {};
  if (!before) body.isPerson = false;
  if (changed('id')) body.externalId = after.id;
  if (changed('name')) body.companyName = after.name;
  if (changed('status')) body.isInactive = after.status === 'inactive';
  if (changed('billingEmail')) body.email = after.billingEmail ?? null;
  if (changed('parentId')) body.parent = after.parentId ? { externalId: after.parentId } : null;
  if (changed('legalEntity')) body.subsidiary = { id: ids.subsidiary };
  if (changed('currency')) body.currency = { id: ids.currency };
  if (changed('paymentTerms')) body.terms = ids.terms ? { id: ids.terms } : null;
  if (changed('billToId')) body[fields.billToField] = { id: ids.billTo };
  if (changed('reverseCharge')) body[fields.reverseChargeField] = after.reverseCharge;
  if (changed('purchaseOrderRequired')) body[fields.purchaseOrderRequiredField] = after.purchaseOrderRequired;
  // Address lines are sent as a whole list that replaces the old one: an appended list would grow
  // when a lost request commits late.
  if (changed('billingAddress') || changed('legalName')) body.addressBook = { items: addressLines(after, existing) };
  if (changed('taxRegistration') && after.taxRegistration) body.taxRegistration = { items: taxLines(after, existing) };
  return body;
}

/** The sublists that `customerBody` replaces. */
export const replacedSublists = (body: Record<string, unknown>): string[] => ['addressBook', 'taxRegistration'].filter(name => name in body);

function addressLines({ billingAddress, legalName }: BillingCustomer, existing: NetsuiteCustomer | null): unknown[] {
  const before = existing ? billingAddressLine(existing) : undefined;
  const others = existing?.addressBook.filter(line => line !== before).map(({ line }) => line) ?? [];
  const address = {
    ...(before?.line.addressBookAddress as object | undefined),
    addressee: legalName ?? null,
    addr1: billingAddress.street ?? null,
    city: billingAddress.city ?? null,
    state: billingAddress.state ?? null,
    zip: billingAddress.postalCode ?? null,
    country: { id: billingAddress.country },
  };
  return [{ label: 'Billing', ...before?.line, defaultBilling: true, addressBookAddress: address }, ...others];
}

function taxLines({ taxRegistration, billingAddress }: BillingCustomer, existing: NetsuiteCustomer | null): unknown[] {
  const others = existing?.taxRegistration.slice(1).map(({ line }) => line) ?? [];
  return [{ ...existing?.taxRegistration[0]?.line, nexusCountry: { id: billingAddress.country }, taxRegistrationNumber: taxRegistration }, ...others];
}

// ---- the legal entities that bill a customer beside its own ----

/** A legal entity that bills a customer which is another's. */
export interface FurtherEntity {
  customerId: string;
  legalEntity: string;
}

export const relationshipBody = (customer: string, subsidiary: string): Record<string, unknown> => ({
  entity: { id: customer },
  subsidiary: { id: subsidiary },
});

// ---- project ----
