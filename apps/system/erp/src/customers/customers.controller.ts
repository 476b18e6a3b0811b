import { Body, Controller, Headers, Inject, Param, Query } from '@nestjs/common';
import type { Page } from '#apis';
import { BillingCustomerRequest, customers, CustomersQuery, FreshQuery, type AppliedResponse, type PlannedResponse } from '#apis/erp';
import { CurrentPrincipal, maySee, type Principal } from '#auth';
import { normalisedTaxRegistration, Problem } from '#canonical';
import { Capture, PlannedWrites, type DesiredWrite } from '#capture';
import { Implements } from '#service';
import { entitiesOfCustomer } from '../capture/customer.feed.js';
import { ERP } from '../erp.token.js';
import { idInPath } from '../projects/project-request.rules.js';
import type { ErpVendor } from '../vendors/port/erp.port.js';
import type { BillingCustomerInErp } from './billing-customer-in-erp.js';

@Controller({ version: '1' })
export class CustomersController {
  constructor(
    @Inject(ERP) private readonly vendor: ErpVendor,
    private readonly writes: PlannedWrites,
    private readonly capture: Capture,
  ) {}

  @Implements(customers.listCustomers)
  async list(@Query() query: CustomersQuery, @CurrentPrincipal() viewer: Principal): Promise<Page<BillingCustomerInErp>> {
    const { taxRegistration, legalEntity, ...page } = query;
    if (taxRegistration !== undefined) {
      const found = await this.vendor.customers.byTaxRegistration(taxRegistration);
      const items = found.filter(
        customer => maySee(viewer, entitiesOfCustomer(customer)) && (legalEntity === undefined || entitiesOfCustomer(customer).includes(legalEntity)),
      );
      return { items, nextCursor: null };
    }
    return this.#shadow.page(page, { legalEntity: legalEntity || undefined, viewer });
  }

  @Implements(customers.getCustomer)
  async get(@Param('id') id: string, @Query() { fresh = true }: FreshQuery, @CurrentPrincipal() viewer: Principal): Promise<BillingCustomerInErp> {
    const seen = await this.#shadow.get(id);
    const customer = fresh ? await this.vendor.customers.get(idInPath(id), seen?.refs) : seen;
    // Answer 404 both for "not yours" and "does not exist".
    if (!customer || !maySee(viewer, entitiesOfCustomer(customer))) throw new Problem('not-found', `There is no customer ${id}.`);
    return customer;
  }

  @Implements(customers.putCustomer)
  async put(
    @Param('id') id: string,
    @Body() customer: BillingCustomerRequest,
    @CurrentPrincipal() caller: Principal,
    @Headers('if-match') ifMatch?: string,
  ): Promise<AppliedResponse> {
    return this.writes.apply(this.#wish(id, customer, caller), ifMatch);
  }

  @Implements(customers.planCustomer)
  async plan(@Param('id') id: string, @Body() customer: BillingCustomerRequest, @CurrentPrincipal() caller: Principal): Promise<PlannedResponse> {
    return this.writes.plan(this.#wish(id, customer, caller));
  }

  #wish(id: string, customer: BillingCustomerRequest, caller: Principal): DesiredWrite<BillingCustomerInErp> {
    // Of two customers with one registration, both must not match the ERP's one customer, nor both
    // be created.
    const registration = customer.taxRegistration && normalisedTaxRegistration(customer.taxRegistration);
    return {
      noun: 'billing-customer',
      desired: customer,
      faults: id === customer.id ? [] : [{ field: 'id', rule: 'same-id', message: `id must be the id in the path, ${id}` }],
      concerns: [entitiesOfCustomer(customer)],
      caller,
      vendor: this.vendor,
      ...(registration ? { alsoExclusive: [`tax-registration:${registration}`] } : {}),
      plan: () => this.vendor.customers.plan(customer),
    };
  }

  get #shadow() {
    return this.capture.shadow<BillingCustomerInErp>('billing-customer');
  }
}
