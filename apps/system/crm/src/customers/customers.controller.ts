import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, Scopes, type Principal } from '#auth';
import type { Customer } from '#canonical';
import { PageOf, type Page } from '#service';
import { FreshQuery } from '../deals/deal.model.js';
import { CustomerPath, CustomerQuery, CustomerResource, SurvivorResource } from './customer.model.js';
import { CustomersService } from './customers.service.js';

@ApiTags('customers')
@Scopes('crm.read')
@Controller({ path: 'customers', version: '1' })
export class CustomersController {
  constructor(private readonly customers: CustomersService) {}

  @Get()
  @ApiOperation({ operationId: 'listCustomers', summary: 'Customers of the legal entities the caller may see, in order of id' })
  @PageOf(CustomerResource)
  list(@Query() query: CustomerQuery, @CurrentPrincipal() principal: Principal): Promise<Page<Customer>> {
    return this.customers.list(query, principal);
  }

  @Get(':id/survivor')
  @ApiOperation({ operationId: 'getSurvivor', summary: 'Whom a customer was merged into; itself when into nobody' })
  @ApiOkResponse({ type: SurvivorResource })
  survivor(@Param() { id }: CustomerPath, @CurrentPrincipal() principal: Principal): Promise<SurvivorResource> {
    return this.customers.survivor(id, principal);
  }

  @Get(':id')
  @ApiOperation({ operationId: 'getCustomer', summary: 'A customer with its parent' })
  @ApiOkResponse({ type: CustomerResource })
  get(@Param() { id }: CustomerPath, @Query() { fresh }: FreshQuery, @CurrentPrincipal() principal: Principal): Promise<Customer> {
    return fresh ? this.customers.fresh(id, principal) : this.customers.get(id, principal);
  }
}
