import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { maySee, type Principal } from '#auth';
import { Problem, type Deal } from '#canonical';
import { Capture } from '#capture';
import { Mappings } from '#mappings';
import { decodeCursor, DEFAULT_PAGE_SIZE, pageOf, type Page } from '#service';
import { CRM_VENDOR, type CrmVendor } from '../vendors/crm-vendor.js';
import type { DealQuery } from './deal.model.js';

// A deal is its seller's. The CRM names the seller in its own word; what the word means is looked up now, not when the deal was seen.
const VISIBLE = `
  select d.id, d.state from capture.shadow d
  left join mappings.mapping m on m.kind = 'legal-entity' and m.source = d.state ->> 'legalEntity'
  where d.system = 'crm' and d.noun = 'deal'
    and case when m.target is null then $1::boolean else $2::text[] is null or m.target = any($2) end`;

/** Deals as last seen, or as they are in the CRM now. Whom a deal isn't for, for them there is none. */
@Injectable()
export class DealsService {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(Capture) private readonly capture: Capture,
    @Inject(Mappings) private readonly mappings: Mappings,
    @Inject(CRM_VENDOR) private readonly vendor: CrmVendor,
  ) {}

  async list({ stage, cursor, limit = DEFAULT_PAGE_SIZE }: DealQuery, principal: Principal): Promise<Page<Deal>> {
    const after = cursor === undefined ? '' : String(decodeCursor(cursor, 1)[0]);
    const rows = await this.dataSource.query<{ id: string; state: Deal }[]>(
      `${VISIBLE} and d.id > $3 and ($4::text is null or d.state ->> 'stage' = $4) order by d.id limit $5`,
      [...rightsOf(principal), after, stage ?? null, limit + 1],
    );
    return pageOf(
      rows,
      limit,
      row => [row.id],
      row => row.state,
    );
  }

  async get(id: string, principal: Principal): Promise<Deal> {
    const [row] = await this.dataSource.query<{ state: Deal }[]>(`${VISIBLE} and d.id = $3`, [...rightsOf(principal), id]);
    if (!row) throw noDeal(id);
    return row.state;
  }

  /** Reads the CRM. A deal that was never seen is looked for first: it may be newer than the last poll. */
  async fresh(id: string, principal: Principal): Promise<Deal> {
    const seen = (await this.#seen(id)) ?? (await this.#seenNow(id));
    const ref = seen?.refs.find(({ system, account }) => system === this.vendor.system && account === this.vendor.account);
    const deal = ref && (await this.vendor.deal(ref.nativeId));
    if (!deal) throw noDeal(id);
    const seller = deal.legalEntity === undefined ? undefined : (await this.mappings.table()).get('legal-entity', deal.legalEntity);
    if (!maySee(principal, seller === undefined ? [] : [seller])) throw noDeal(id);
    return deal;
  }

  #seen(id: string): Promise<Deal | undefined> {
    return this.capture.shadow<Deal>('deal').get(id);
  }

  async #seenNow(id: string): Promise<Deal | undefined> {
    try {
      await this.capture.pollNow('deals');
    } catch (error) {
      // Paused, or another replica reads it this moment: what it saw counts.
      if (!(error instanceof Problem && error.kind === 'conflict')) throw error;
    }
    return this.#seen(id);
  }
}

/** $1 whether deals of no legal entity are seen, $2 the entities whose deals are; null is all. */
const rightsOf = ({ legalEntities, seesUnassigned }: Principal): [boolean, string[] | null] => [
  seesUnassigned,
  legalEntities === '*' ? null : legalEntities,
];

const noDeal = (id: string) => new Problem('not-found', `There is no deal ${id}.`);
