import { Body, Controller, Get, Headers, Inject, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, maySee, Scopes, type Principal } from '#auth';
import { normalisedTaxRegistration, Problem } from '#canonical';
import { Capture, PlannedWrites, type Wish } from '#capture';
import { PageOf, type Page } from '#service';
import { entitiesOfCustomer } from '../capture/customer.feed.js';
import { ERP } from '../erp.token.js';
import { Plans, Puts, type AppliedResponse, type PlannedResponse } from '../planned.decorators.js';
import { FreshQuery } from '../projects/projects.model.js';
import { idInPath } from '../projects/project-request.rules.js';
import type { ErpVendor } from '../vendors/erp-vendor.js';
import type { BillingCustomerInErp } from './billing-customer-in-erp.js';
import { BillingCustomerRequest, BillingCustomerResponse, CustomersQuery } from './customers.model.js';

@ApiTags('customers')
@Controller({ path: 'customers', version: '1' })
export class CustomersController {
  constructor(
    @Inject(ERP) private readonly vendor: ErpVendor,
    private readonly writes: PlannedWrites,
    private readonly capture: Capture,
  ) {}

  @Get()
  @Scopes('erp.read')
  @ApiOperation({
    operationId: 'listCustomers',
    summary: 'Billing customers as the ERP last showed them, in the order of their ids; or those with a tax registration, asked now',
  })
  @PageOf(BillingCustomerResponse)
  async list(@Query() query: CustomersQuery, @CurrentPrincipal() viewer: Principal): Promise<Page<BillingCustomerInErp>> {
    const { taxRegistration, legalEntity, ...page } = query;
    if (taxRegistration !== undefined) {
      const found = await this.vendor.customersByTaxRegistration(taxRegistration);
      const items = found.filter(
        customer => maySee(viewer, entitiesOfCustomer(customer)) && (legalEntity === undefined || entitiesOfCustomer(customer).includes(legalEntity)),
      );
      return { items, nextCursor: null };
    }
    return this.#shadow.page(page, { legalEntity: legalEntity || undefined, viewer });
  }

  @Get(':id')
  @Scopes('erp.read')
  @ApiOperation({ operationId: 'getCustomer', summary: 'A billing customer as the ERP holds it now' })
  @ApiOkResponse({ type: BillingCustomerResponse })
  async get(@Param('id') id: string, @Query() { fresh = true }: FreshQuery, @CurrentPrincipal() viewer: Principal): Promise<BillingCustomerInErp> {
    const seen = await this.#shadow.get(id);
    const customer = fresh ? await this.vendor.customer(idInPath(id), seen?.refs) : seen;
    // Whose it is not is told the same as what there is not.
    if (!customer || !maySee(viewer, entitiesOfCustomer(customer))) throw new Problem('not-found', `There is no customer ${id}.`);
    return customer;
  }

  @Puts({
    operationId: 'putCustomer',
    summary: 'Ensure the customer: found by its id, else by its tax registration, else made',
    description: 'What finance owns once the ERP has it (legal entity, currency, tax registration, payment terms) is kept as it is there.',
  })
  async put(
    @Param('id') id: string,
    @Body() customer: BillingCustomerRequest,
    @CurrentPrincipal() caller: Principal,
    @Headers('if-match') ifMatch?: string,
  ): Promise<AppliedResponse> {
    return this.writes.apply(this.#wish(id, customer, caller), ifMatch);
  }

  @Plans('planCustomer')
  async plan(@Param('id') id: string, @Body() customer: BillingCustomerRequest, @CurrentPrincipal() caller: Principal): Promise<PlannedResponse> {
    return this.writes.plan(this.#wish(id, customer, caller));
  }

  #wish(id: string, customer: BillingCustomerRequest, caller: Principal): Wish<BillingCustomerInErp> {
    // Two customers with one registration must not both be given to the ERP's one customer, nor both be made.
    const registration = customer.taxRegistration && normalisedTaxRegistration(customer.taxRegistration);
    return {
      noun: 'billing-customer',
      desired: customer,
      faults: id === customer.id ? [] : [{ field: 'id', rule: 'same-id', message: `id must be the id in the path, ${id}` }],
      concerns: [entitiesOfCustomer(customer)],
      caller,
      vendor: this.vendor,
      ...(registration ? { alsoAlone: [`tax-registration:${registration}`] } : {}),
      plan: () => this.vendor.planCustomer(customer),
    };
  }

  get #shadow() {
    return this.capture.shadow<BillingCustomerInErp>('billing-customer');
  }
}
