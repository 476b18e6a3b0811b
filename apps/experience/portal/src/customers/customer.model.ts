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
  @Field(() => String, { description: 'ISO 3166; ZZ where it could not be told.' }) country: string;
  @Field(() => String, { nullable: true, description: 'The country as it is written, where no code could be told from it.' }) countryName?: string;
}

@ObjectType({
  implements: () => [Subject],
  description: 'Who is billed. Source of record: the CRM until the ERP has it, then the ERP for tax and terms.',
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
  @Field(() => Boolean, { nullable: true, description: 'Whether it pays only what names a purchase order, as the CRM or the ERP says.' })
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
  @Field(() => [String], { nullable: true, description: 'The vendor products that have it, each by its name in lower case.' }) system?: string[];
  @Field(() => Boolean, { nullable: true }) taxRegistered?: boolean;
  @Field(() => String, { nullable: true, description: 'Anywhere in the name.' }) text?: string;
}

export interface CustomerRow extends SubjectRow {
  crm: CanonicalCustomer | null;
  erp: CanonicalCustomer | null;
}

/** Tax, terms and whom invoices go to are the ERP's once it says them; everything else the CRM's as long as it has the customer. */
export function customerOf(row: CustomerRow): Customer {
  const { crm, erp } = row;
  const told = { ...erp, ...crm } as CanonicalCustomer;
  return {
    name: told.name,
    legalName: told.legalName,
    billingAddress: told.billingAddress,
    billingEmail: told.billingEmail,
    currency: told.currency,
    active: told.active ?? true,
    parentId: told.parentId,
    taxRegistration: erp?.taxRegistration ?? crm?.taxRegistration,
    paymentTerms: erp?.paymentTerms ?? crm?.paymentTerms,
    billToId: erp?.billToId ?? crm?.billToId,
    reverseCharge: erp?.reverseCharge ?? crm?.reverseCharge,
    purchaseOrderRequired: crm?.purchaseOrderRequired || erp?.purchaseOrderRequired,
    ...subjectOf(SubjectKind.CUSTOMER, row),
  };
}
