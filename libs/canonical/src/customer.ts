import { Bag, Country, Email, Flag, Id, Nested, OneOf, Ref, Text, Currency } from './decorators.js';
import { ExternalRef } from './ids.js';

export class Address {
  @Text({ optional: true }) street?: string;
  @Text({ optional: true, max: 80 }) city?: string;
  @Text({ optional: true, max: 80 }) state?: string;
  @Text({ optional: true, max: 20 }) postalCode?: string;
  @Country({ description: 'ISO 3166; ZZ where it could not be told.' }) country: string;
  @Text({ optional: true, max: 80, description: 'The country as it is written there, where no code could be told from it.' }) countryName?: string;
}

/** Who is billed. Source of record: the CRM until the ERP has it, then the ERP for tax and terms. */
export class Customer {
  @Id() id: string;
  @Text() name: string;
  @Text({ optional: true }) legalName?: string;
  @Ref('Customer', { optional: true, description: 'The customer this one belongs to.' }) parentId?: string;
  @Nested(() => Address, { optional: true }) billingAddress?: Address;
  @Email({ optional: true }) billingEmail?: string;
  @Text({ optional: true, max: 40, description: 'VAT, EIN or other registration, as issued.' }) taxRegistration?: string;
  @Currency({ optional: true }) currency?: string;
  @Text({ optional: true, max: 40, description: 'Payment terms by name, e.g. Net 30.' }) paymentTerms?: string;
  @Flag({ optional: true, description: 'Whether it pays only what names a purchase order of its own.' }) purchaseOrderRequired?: boolean;
  @Ref('Customer', { optional: true, description: 'The customer that its invoices go to, where that is another.' }) billToId?: string;
  @Flag({ optional: true, description: 'Whether it accounts for the VAT itself (reverse charge).' }) reverseCharge?: boolean;
  @Flag() active: boolean;
  @Nested(() => ExternalRef, { list: true }) refs: ExternalRef[];
  @Bag({ optional: true, description: "The firm's own fields, by their names in the back end." }) extensions?: Record<string, unknown>;
}

/** The customer as the ERP is to hold it: what the legal entity `legalEntity` bills. */
export class BillingCustomer {
  @Id() id: string;
  @Text() name: string;
  @Text({ optional: true }) legalName?: string;
  @Ref('Customer', { optional: true }) parentId?: string;
  @Nested(() => Address) billingAddress: Address;
  @Email({ optional: true }) billingEmail?: string;
  @Text({ optional: true, max: 40 }) taxRegistration?: string;
  @Text({ max: 40, description: 'Canonical legal entity code.' }) legalEntity: string;
  @Currency() currency: string;
  @Text({ optional: true, max: 40 }) paymentTerms?: string;
  @Ref('Customer', { optional: true, description: 'The customer that its invoices go to, where that is another.' }) billToId?: string;
  @Flag({ optional: true, description: 'Whether it accounts for the VAT itself (reverse charge).' }) reverseCharge?: boolean;
  @Flag({ optional: true, description: 'Whether it pays only what names a purchase order of its own.' }) purchaseOrderRequired?: boolean;
  @OneOf(['active', 'inactive']) status: 'active' | 'inactive';
}

/** The same as it is asked for. */
export class WantedBillingCustomer extends BillingCustomer {
  @Ref('Customer', { optional: true, description: 'Merged into this one: where this one is not there yet, that one becomes it.' }) replaces?: string;
}
