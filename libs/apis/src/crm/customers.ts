import { OmitType } from '@nestjs/swagger';
import { Customer, Id } from '#canonical';
import { get, operations } from '../operation.js';
import { PageQuery } from '../page.js';
import { FreshQuery } from './deals.js';

/** A customer as this API publishes it. */
export class CustomerResource extends OmitType(Customer, [] as const) {}

export class SurvivorResource {
  @Id({ description: 'Canonical id of the customer that it was merged into, or its own.' }) id: string;
}

export class CustomerPath {
  @Id({ description: 'Canonical id of a customer.' }) id: string;
}

export class CustomerQuery extends PageQuery {}

export const customers = operations('customers', {
  listCustomers: get('customers', {
    scope: 'crm.read',
    summary: 'Customers of the legal entities the caller may see, in order of id',
    query: CustomerQuery,
    pageOf: CustomerResource,
  }),
  getSurvivor: get('customers/:id/survivor', {
    scope: 'crm.read',
    summary: 'Whom a customer was merged into; itself when into nobody',
    params: CustomerPath,
    answer: SurvivorResource,
  }),
  getCustomer: get('customers/:id', {
    scope: 'crm.read',
    summary: 'A customer with its parent',
    params: CustomerPath,
    query: FreshQuery,
    answer: CustomerResource,
  }),
});
