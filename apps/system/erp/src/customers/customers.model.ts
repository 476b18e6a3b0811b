import { IntersectionType, OmitType } from '@nestjs/swagger';
import { BillingCustomer, ExternalRef, Nested, Text, WantedBillingCustomer } from '#canonical';
import { PageQuery } from '#service';

// What this app publishes. Composed from the canonical classes, so that a change there is not a change of a published version unseen.

/** The customer as it is to be billed. */
export class BillingCustomerRequest extends OmitType(WantedBillingCustomer, []) {}

class WithRefs {
  @Nested(() => ExternalRef, { list: true }) refs: ExternalRef[];
}

/** The customer as the ERP holds it. */
export class BillingCustomerResponse extends IntersectionType(OmitType(BillingCustomer, []), WithRefs) {}

export class CustomersQuery extends PageQuery {
  @Text({ optional: true, max: 40, description: 'Whoever has this tax registration, however it is spelt; asked of the ERP now.' })
  taxRegistration?: string;
  @Text({ optional: true, max: 40, description: 'Only of this canonical legal entity.' }) legalEntity?: string;
}
