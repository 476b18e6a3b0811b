import { IntersectionType, OmitType } from '@nestjs/swagger';
import { BillingCustomer, ExternalRef, Nested, Text, WantedBillingCustomer } from '#canonical';
import { PageQuery } from '#service';

// What this app publishes. Composed from the canonical classes, so that a change there is not a change of a published version unseen.

/** The customer as it is to be billed. */
export class BillingCustomerRequest extends OmitType(WantedBillingCustomer, []) {}

class InErp {
  @Nested(() => ExternalRef, { list: true }) refs: ExternalRef[];
  @Text({ list: true, optional: true, max: 40, description: 'Canonical legal entities that bill it beside its own.' })
  furtherLegalEntities?: string[];
}

/** The customer as the ERP holds it. */
export class BillingCustomerResponse extends IntersectionType(OmitType(BillingCustomer, []), InErp) {}

export class CustomersQuery extends PageQuery {
  @Text({ optional: true, max: 40, description: 'Whoever has this tax registration, however it is spelt; asked of the ERP now.' })
  taxRegistration?: string;
  @Text({ optional: true, max: 40, description: 'Only of this canonical legal entity.' }) legalEntity?: string;
}
