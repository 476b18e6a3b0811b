import { OmitType } from '@nestjs/swagger';
import { Customer, Id } from '#canonical';
import { PageQuery } from '#service';

/** A customer as this API publishes it. */
export class CustomerResource extends OmitType(Customer, [] as const) {}

export class SurvivorResource {
  @Id({ description: 'Canonical id of the customer that it was merged into, or its own.' }) id: string;
}

export class CustomerPath {
  @Id({ description: 'Canonical id of a customer.' }) id: string;
}

export class CustomerQuery extends PageQuery {}
