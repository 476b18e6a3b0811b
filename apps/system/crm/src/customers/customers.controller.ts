import { Controller, Param, Query } from '@nestjs/common';
import type { Page } from '#apis';
import { CustomerPath, CustomerQuery, customers, FreshQuery, type SurvivorResource } from '#apis/crm';
import { CurrentPrincipal, type Principal } from '#auth';
import type { Customer } from '#canonical';
import { Implements } from '#service';
import { CustomersService } from './customers.service.js';

@Controller({ version: '1' })
export class CustomersController {
  constructor(private readonly customers: CustomersService) {}

  @Implements(customers.listCustomers)
  list(@Query() query: CustomerQuery, @CurrentPrincipal() principal: Principal): Promise<Page<Customer>> {
    return this.customers.list(query, principal);
  }

  @Implements(customers.getSurvivor)
  survivor(@Param() { id }: CustomerPath, @CurrentPrincipal() principal: Principal): Promise<SurvivorResource> {
    return this.customers.survivor(id, principal);
  }

  @Implements(customers.getCustomer)
  get(@Param() { id }: CustomerPath, @Query() { fresh }: FreshQuery, @CurrentPrincipal() principal: Principal): Promise<Customer> {
    return fresh ? this.customers.fresh(id, principal) : this.customers.get(id, principal);
  }
}
