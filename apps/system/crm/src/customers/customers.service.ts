import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { maySee, type Principal } from '#auth';
import { Problem, type Customer } from '#canonical';
import { Capture, type ShadowQuery } from '#capture';
import type { Page } from '#service';
import { CRM_VENDOR, type CrmVendor } from '../vendors/crm-vendor.js';
import type { CustomerQuery } from './customer.model.js';

// The CRM's customers belong to no legal entity: one is seen by those who see a deal of it, and by those with the unassigned
// right while none of its deals says whose it is.
const SELLERS = `
  select d.state -> 'customer' ->> 'id' customer, m.target entity from capture.shadow d
  join mappings.mapping m on m.kind = 'legal-entity' and m.source = d.state ->> 'legalEntity'
  where d.system = 'crm' and d.noun = 'deal'`;

/** Customers as last seen, or as they are in the CRM now. */
@Injectable()
export class CustomersService {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(Capture) private readonly capture: Capture,
    @Inject(CRM_VENDOR) private readonly vendor: CrmVendor,
  ) {}

  async list(query: CustomerQuery, principal: Principal): Promise<Page<Customer>> {
    return this.capture.shadow<Customer>('customer').page(query, await this.#seenBy(principal));
  }

  async get(id: string, principal: Principal): Promise<Customer> {
    const customer = await this.capture.shadow<Customer>('customer').get(id);
    const sellers = await this.legalEntitiesOf([id]);
    if (!customer || !maySee(principal, sellers.get(id) ?? [])) throw noCustomer(id);
    return customer;
  }

  async fresh(id: string, principal: Principal): Promise<Customer> {
    const { refs } = await this.get(id, principal);
    const ref = refs.find(({ system, account }) => system === this.vendor.system && account === this.vendor.account);
    const customer = ref && (await this.vendor.customer(ref.nativeId));
    if (!customer) throw noCustomer(id);
    return customer;
  }

  /** Whose deals each customer has, as canonical legal entities. */
  async legalEntitiesOf(ids: string[]): Promise<Map<string, string[]>> {
    const rows = await this.dataSource.query<{ customer: string; entities: string[] }[]>(
      `with sellers as (${SELLERS}) select customer, array_agg(distinct entity order by entity) entities from sellers where customer = any($1) group by customer`,
      [ids],
    );
    return new Map(rows.map(({ customer, entities }) => [customer, entities]));
  }

  async #seenBy({ legalEntities, seesUnassigned }: Principal): Promise<Pick<ShadowQuery, 'where' | 'whereNot'>> {
    if (legalEntities === '*' && seesUnassigned) return {};
    const rows = await this.dataSource.query<{ customer: string; theirs: boolean }[]>(
      `with sellers as (${SELLERS}) select customer, bool_or($1::text[] is null or entity = any($1)) theirs from sellers group by customer`,
      [legalEntities === '*' ? null : legalEntities],
    );
    const ids = rows.filter(({ theirs }) => theirs !== seesUnassigned).map(({ customer }) => customer);
    return seesUnassigned ? { whereNot: { id: ids } } : { where: { id: ids } };
  }
}

const noCustomer = (id: string) => new Problem('not-found', `There is no customer ${id}.`);
