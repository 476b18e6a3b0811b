import { Inject, Injectable } from '@nestjs/common';
import type { Page } from '#apis';
import type { CustomerQuery } from '#apis/crm';
import { maySee, type Principal } from '#auth';
import { Problem, type Customer } from '#canonical';
import { Capture, type ShadowQuery } from '#capture';
import { Mappings } from '#mappings';
import { withFullView } from '#persistence';
import { CRM } from '../crm.token.js';
import { bySeller } from '../by-seller.js';
import type { CrmVendor } from '../vendors/port/crm.port.js';

/**
 * Customers as last seen, or as they are in the CRM now. In the CRM they belong to no legal entity.
 * A customer is visible to those who see one of its deals, and, while none of its deals has a legal
 * entity, to those with the unassigned right.
 */
@Injectable()
export class CustomersService {
  constructor(
    private readonly capture: Capture,
    private readonly mappings: Mappings,
    @Inject(CRM) private readonly vendor: CrmVendor,
  ) {}

  async list(query: CustomerQuery, principal: Principal): Promise<Page<Customer>> {
    const seen = await this.#seenBy(principal);
    return bySeller(() => this.capture.shadow<Customer>('customer').page(query, seen));
  }

  async get(id: string, principal: Principal): Promise<Customer> {
    const customer = await bySeller(() => this.capture.shadow<Customer>('customer').get(id));
    const sellers = await this.legalEntitiesOf([id]);
    if (!customer || !maySee(principal, sellers.get(id) ?? [])) throw noCustomer(id);
    return customer;
  }

  async fresh(id: string, principal: Principal): Promise<Customer> {
    const { refs } = await this.get(id, principal);
    const ref = refs.find(({ system, account }) => system === this.vendor.system && account === this.vendor.account);
    const customer = ref && (await this.vendor.customers.get(ref.nativeId));
    if (!customer) throw noCustomer(id);
    return customer;
  }

  /** Whom a customer was merged into, asked now; itself when into nobody. */
  async survivor(id: string, principal: Principal): Promise<{ id: string }> {
    const { refs } = await this.get(id, principal);
    const ref = refs.find(({ system, account }) => system === this.vendor.system && account === this.vendor.account);
    return { id: (ref && (await this.vendor.customers.survivorOf(ref.nativeId))) ?? id };
  }

  /**
   * The legal entities of each customer's deals, in canonical words; of all customers that have
   * deals when none are named.
   */
  async legalEntitiesOf(ids?: string[]): Promise<Map<string, string[]>> {
    const table = await this.mappings.table();
    const words = await withFullView('whose deals a customer has', () => this.capture.shadow('deal').valuesBy('legalEntity', 'customer.id', ids));
    const entities = [...words].map(([customer, own]) => [customer, own.flatMap(word => table.get('legal-entity', word) ?? [])] as const);
    return new Map(entities.filter(([, found]) => found.length > 0).map(([customer, found]) => [customer, [...new Set(found)].sort()]));
  }

  async #seenBy(principal: Principal): Promise<Pick<ShadowQuery, 'where' | 'whereNot'>> {
    const { legalEntities, seesUnassigned } = principal;
    if (legalEntities === '*' && seesUnassigned) return {};
    const sellers = [...(await this.legalEntitiesOf())];
    const ids = sellers.filter(([, entities]) => maySee(principal, entities) !== seesUnassigned).map(([customer]) => customer);
    return seesUnassigned ? { whereNot: { id: ids } } : { where: { id: ids } };
  }
}

const noCustomer = (id: string) => new Problem('not-found', `There is no customer ${id}.`);
