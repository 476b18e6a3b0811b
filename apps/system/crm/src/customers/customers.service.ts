import { Inject, Injectable } from '@nestjs/common';
import type { Page } from '#apis';
import type { CustomerQuery } from '#apis/crm';
import { maySee, type Principal } from '#auth';
import { Problem, type Changed, type Customer } from '#canonical';
import { Capture, type ShadowQuery } from '#capture';
import { EventLog } from '#events';
import { Mappings } from '#mappings';
import { Database, withFullView } from '#persistence';
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
    private readonly events: EventLog,
    private readonly dataSource: Database,
  ) {}

  async list(query: CustomerQuery, principal: Principal): Promise<Page<Customer>> {
    const seen = await this.#seenBy(principal);
    return bySeller(() => this.capture.shadow<Customer>('customer').page(query, seen));
  }

  async get(id: string, principal: Principal): Promise<Customer> {
    const customer = await bySeller(() => this.capture.shadow<Customer>('customer').get(id));
    if (!customer || !(await this.#maySee(id, principal))) throw noCustomer(id);
    return customer;
  }

  async fresh(id: string, principal: Principal): Promise<Customer> {
    const nativeId = this.#nativeIdOf(await this.get(id, principal));
    const customer = nativeId && (await this.vendor.customers.get(nativeId));
    if (!customer) throw noCustomer(id);
    return customer;
  }

  /**
   * Whom a customer was merged into, asked now; itself when into nobody. A merged customer counts as
   * deleted once it is read, and then it belongs to those with the unassigned right. The survivor is
   * named only to those who may see it.
   */
  async survivor(id: string, principal: Principal): Promise<{ id: string }> {
    const current = await bySeller(() => this.capture.shadow<Customer>('customer').get(id));
    const customer = current ?? (await this.#beforeItsDeletion(id));
    if (!customer || !(await this.#maySee(id, principal))) throw noCustomer(id);
    const nativeId = this.#nativeIdOf(customer);
    const survivor = nativeId && (await this.vendor.customers.survivorOf(nativeId));
    if (survivor ? !(await this.#maySee(survivor, principal)) : !current) throw noCustomer(id);
    return { id: survivor || id };
  }

  /** Its last published state: a record that was read as deleted is kept nowhere else. */
  async #beforeItsDeletion(id: string): Promise<Customer | undefined> {
    const published = await bySeller(() => this.events.latest(this.dataSource.manager, id, ['customer.changed.v1']));
    return (published?.data as Changed<Customer> | undefined)?.state;
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

  async #maySee(id: string, principal: Principal): Promise<boolean> {
    return maySee(principal, (await this.legalEntitiesOf([id])).get(id) ?? []);
  }

  #nativeIdOf({ refs }: Customer): string | undefined {
    return refs.find(({ system, account }) => system === this.vendor.system && account === this.vendor.account)?.nativeId;
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
