import { IntersectionType, OmitType } from '@nestjs/swagger';
import { BillingCustomer, ExternalRef, Nested, Text, WantedBillingCustomer } from '#canonical';
import { get, operations, post, put } from '../operation.js';
import { PageQuery } from '../page.js';
import { AppliedResponse, IF_MATCH, PlannedResponse } from '../planned.js';
import { FreshQuery } from './projects.js';

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

export const customers = operations('customers', {
  listCustomers: get('customers', {
    scope: 'erp.read',
    summary: 'Billing customers as the ERP last showed them, in the order of their ids',
    description: 'Those with a tax registration are asked for now.',
    query: CustomersQuery,
    pageOf: BillingCustomerResponse,
  }),
  getCustomer: get('customers/:id', {
    scope: 'erp.read',
    summary: 'A billing customer as the ERP holds it now',
    query: FreshQuery,
    answer: BillingCustomerResponse,
  }),
  putCustomer: put('customers/:id', {
    scope: 'erp.write',
    summary: 'Ensure the customer: found by its id, else by its tax registration, else made',
    description: 'What finance owns once the ERP has it (legal entity, currency, tax registration, payment terms) is kept as it is there.',
    body: BillingCustomerRequest,
    answer: AppliedResponse,
    ifMatch: IF_MATCH,
  }),
  planCustomer: post('customers/:id/plans', {
    scope: 'erp.read',
    summary: 'What putting it would change; nothing is written',
    body: BillingCustomerRequest,
    answer: PlannedResponse,
    writesNothing: true,
  }),
});
