import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Principal } from '#auth';
import { Problem, type Customer } from '#canonical';
import { decodeCursor, DEFAULT_PAGE_SIZE, pageOf, type Page } from '#service';
import { CRM_VENDOR, type CrmVendor } from '../vendors/crm-vendor.js';
import type { CustomerQuery } from './customer.model.js';

// The CRM's customers belong to no legal entity: one is seen by those who see a deal of it, and by those with the unassigned
// right while none of its deals says whose it is.
const SELLERS = `
  select d.state -> 'customer' ->> 'id' customer, m.target entity from capture.shadow d
  join mappings.mapping m on m.kind = 'legal-entity' and m.source = d.state ->> 'legalEntity'
  where d.system = 'crm' and d.noun = 'deal'`;

const VISIBLE = `
  with sellers as (${SELLERS})
  select c.id, c.state from capture.shadow c
  where c.system = 'crm' and c.noun = 'customer'
    and (c.id in (select customer from sellers where $2::text[] is null or entity = any($2))
      or $1::boolean and c.id not in (select customer from sellers))`;

/** Customers as last seen, or as they are in the CRM now. */
@Injectable()
export class CustomersService {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(CRM_VENDOR) private readonly vendor: CrmVendor,
  ) {}

  async list({ cursor, limit = DEFAULT_PAGE_SIZE }: CustomerQuery, principal: Principal): Promise<Page<Customer>> {
    const after = cursor === undefined ? '' : String(decodeCursor(cursor, 1)[0]);
    const rows = await this.dataSource.query<{ id: string; state: Customer }[]>(`${VISIBLE} and c.id > $3 order by c.id limit $4`, [
      ...rightsOf(principal),
      after,
      limit + 1,
    ]);
    return pageOf(
      rows,
      limit,
      row => [row.id],
      row => row.state,
    );
  }

  async get(id: string, principal: Principal): Promise<Customer> {
    const [row] = await this.dataSource.query<{ state: Customer }[]>(`${VISIBLE} and c.id = $3`, [...rightsOf(principal), id]);
    if (!row) throw noCustomer(id);
    return row.state;
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
}

const rightsOf = ({ legalEntities, seesUnassigned }: Principal): [boolean, string[] | null] => [
  seesUnassigned,
  legalEntities === '*' ? null : legalEntities,
];

const noCustomer = (id: string) => new Problem('not-found', `There is no customer ${id}.`);
