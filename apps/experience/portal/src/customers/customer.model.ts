import { Field, InputType, ObjectType } from '@nestjs/graphql';
import type { Customer as CanonicalCustomer } from '#canonical';
import { IdsField } from '#read-model';
import { Subject, SubjectKind, subjectOf, type SubjectRow } from '../values/subject.model.js';

@ObjectType()
export class Address {
  @Field(() => String, { nullable: true }) street?: string;
  @Field(() => String, { nullable: true }) city?: string;
  @Field(() => String, { nullable: true }) state?: string;
  @Field(() => String, { nullable: true }) postalCode?: string;
  @Field(() => String, { description: 'ISO 3166; ZZ when unknown.' }) country: string;
  @Field(() => String, { nullable: true, description: 'The country as it is written, when it has no known code.' }) countryName?: string;
}

@ObjectType({
  implements: () => [Subject],
  description: 'Who is billed. Source of record: the CRM until the ERP has the customer, then the ERP for tax and terms.',
})
export class Customer extends Subject {
  @Field(() => String) name: string;
  @Field(() => String, { nullable: true }) legalName?: string;
  @Field(() => Address, { nullable: true }) billingAddress?: Address;
  @Field(() => String, { nullable: true }) billingEmail?: string;
  @Field(() => String, { nullable: true, description: 'VAT, EIN or other registration, as issued.' }) taxRegistration?: string;
  @Field(() => String, { nullable: true }) currency?: string;
  @Field(() => String, { nullable: true }) paymentTerms?: string;
  @Field(() => Boolean, { nullable: true, description: 'Whether it accounts for the VAT itself.' }) reverseCharge?: boolean;
  @Field(() => Boolean, { nullable: true, description: 'Whether it pays only invoices that name a purchase order, as the CRM or the ERP states.' })
  purchaseOrderRequired?: boolean;
  @Field(() => Boolean) active: boolean;
  /** For look-ups; not in the schema. */
  parentId?: string;
  billToId?: string;
}

@InputType()
export class CustomerFilter {
  @IdsField() ids?: string[];
  @Field(() => [String], { nullable: true, description: 'Canonical legal entities it does business with.' }) legalEntity?: string[];
  @Field(() => [String], { nullable: true, description: 'ISO 3166.' }) country?: string[];
  @Field(() => [String], { nullable: true, description: 'The vendor products that contain it, by their names in lower case.' }) system?: string[];
  @Field(() => Boolean, { nullable: true }) taxRegistered?: boolean;
  @Field(() => String, { nullable: true, description: 'Anywhere in the name.' }) text?: string;
}

export interface CustomerRow extends SubjectRow {
  crm: CanonicalCustomer | null;
  erp: CanonicalCustomer | null;
}

/**
 * The ERP determines tax, terms and invoice recipient once it states them. The CRM determines
 * everything else while it has the customer.
 */
export function customerOf(row: CustomerRow): Customer {
  const { crm, erp } = row;
  const combined = { ...erp, ...crm } as CanonicalCustomer;
  return {
    name: combined.name,
    legalName: combined.legalName,
    billingAddress: combined.billingAddress,
    billingEmail: combined.billingEmail,
    currency: combined.currency,
    active: combined.active ?? true,
    parentId: combined.parentId,
    taxRegistration: erp?.taxRegistration ?? crm?.taxRegistration,
    paymentTerms: erp?.paymentTerms ?? crm?.paymentTerms,
    billToId: erp?.billToId ?? crm?.billToId,
    reverseCharge: erp?.reverseCharge ?? crm?.reverseCharge,
    purchaseOrderRequired: crm?.purchaseOrderRequired || erp?.purchaseOrderRequired,
    ...subjectOf(SubjectKind.CUSTOMER, row),
  };
}
