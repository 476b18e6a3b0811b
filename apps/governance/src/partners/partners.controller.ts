import { Body, Controller, Param, Query } from '@nestjs/common';
import { PageQuery, type Page } from '#apis';
import { PartnerBody, PartnerPath, partners, Removal, SuspensionBody, type PartnerView } from '#apis/governance';
import { findPartner, listPartners, lockPartners, partnerOfAgency, Partners, putPartner, type Partner } from '#auth';
import { Problem } from '#canonical';
import { Database, inTransaction, type Transaction } from '#persistence';
import { Audit, Implements } from '#service';
import { holdPlan } from '#throttling';
import { pagedByKey } from '../paged.js';
import { partnerFaults, partnerOf } from './partner.rules.js';

const viewOf = ({ agency, ...rest }: Partner): PartnerView => ({
  id: rest.id,
  kind: rest.kind,
  name: rest.name,
  contact: rest.contact,
  state: rest.state,
  plan: rest.plan,
  scopes: rest.scopes,
  legalEntities: rest.legalEntities,
  customerIds: rest.customerIds,
  ...(agency === null ? {} : { agency }),
});

/** Throws `not-found` when nobody registered the partner. */
export async function partnerBy(em: Transaction, id: string): Promise<Partner> {
  const found = await findPartner(em, id);
  if (!found) throw new Problem('not-found', `There is no partner ${id}.`);
  return found;
}

/** Which firms call us, and what each may see. A partner concerns the whole house, and no legal entity. */
@Controller({ version: '1' })
export class PartnersController {
  constructor(
    private readonly database: Database,
    private readonly partners: Partners,
    private readonly audit: Audit,
  ) {}

  @Implements(partners.listPartners)
  async list(@Query() query: PageQuery): Promise<Page<PartnerView>> {
    return pagedByKey(await listPartners(this.database.manager), query, ({ id }) => id, viewOf);
  }

  @Implements(partners.getPartner)
  async one(@Param() { id }: PartnerPath): Promise<PartnerView> {
    return viewOf(await partnerBy(this.database.manager, id));
  }

  @Implements(partners.putPartner)
  async put(@Param() { id }: PartnerPath, @Body() body: PartnerBody): Promise<PartnerView> {
    const faults = partnerFaults(partnerOf(id, body, 'active'));
    if (faults.length > 0) throw new Problem('invalid', `${faults[0].message}.`, { code: 'validation', fields: faults });
    return this.#change({ what: 'partner-set', id, why: body.reason }, async (em, before) => {
      const after = partnerOf(id, body, before?.state ?? 'active');
      if (!(await holdPlan(em, after.plan))) throw unknownPlan(after.plan);
      if (before && before.kind !== after.kind) throw new Problem('conflict', `${id} stays an ${before.kind}.`, { code: 'partner-kind' });
      const holder = after.agency === null ? null : await partnerOfAgency(em, after.agency);
      if (holder && holder.id !== id)
        throw new Problem('conflict', `The people of ${after.agency} are those of ${holder.id}.`, { code: 'agency-taken' });
      return after;
    });
  }

  @Implements(partners.suspendPartner)
  suspend(@Param() { id }: PartnerPath, @Body() { reason }: SuspensionBody): Promise<PartnerView> {
    return this.#change({ what: 'partner-suspended', id, why: reason }, async em => ({ ...(await partnerBy(em, id)), state: 'suspended' }));
  }

  @Implements(partners.resumePartner)
  async resume(@Param() { id }: PartnerPath, @Query() { reason }: Removal): Promise<void> {
    await this.#change({ what: 'partner-resumed', id, why: reason }, async em => ({ ...(await partnerBy(em, id)), state: 'active' }));
  }

  async #change(
    { what, id, why }: { what: string; id: string; why: string },
    change: (em: Transaction, before: Partner | null) => Promise<Partner>,
  ): Promise<PartnerView> {
    const after = await inTransaction(this.database, async em => {
      await lockPartners(em);
      const before = await findPartner(em, id);
      const changed = await change(em, before);
      await putPartner(em, changed);
      await this.audit.record(em, { what, subject: id, before, after: changed, why });
      return changed;
    });
    await this.partners.refresh();
    return viewOf(after);
  }
}

function unknownPlan(plan: string): Problem {
  const message = `There is no plan ${plan}.`;
  return new Problem('invalid', message, { code: 'validation', fields: [{ field: 'plan', rule: 'known', message }] });
}
