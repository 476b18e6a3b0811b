import { Body, Controller, Param, Query } from '@nestjs/common';
import { PageQuery, type Page } from '#apis';
import { PartnerClientBody, PartnerClientPath, PartnerPath, partners, Removal, type PartnerClientView } from '#apis/governance';
import {
  CurrentPrincipal,
  findConsumer,
  findPartnerClient,
  listPartnerClients,
  lockPartners,
  Partners,
  putPartnerClient,
  qualifiedId,
  type PartnerClient,
  type Principal,
} from '#auth';
import { Problem } from '#canonical';
import { Database, inTransaction, type Transaction } from '#persistence';
import { Audit, Implements } from '#service';
import { pagedByKey } from '../paged.js';
import { partnerBy } from './partners.controller.js';

const idOf = ({ issuer, clientId }: PartnerClient): string => qualifiedId(issuer, clientId);

const viewOf = (row: PartnerClient): PartnerClientView => ({
  id: idOf(row),
  issuer: row.issuer,
  client: row.clientId,
  boundAt: row.boundAt.toISOString(),
  ...(row.validUntil === null ? {} : { validUntil: row.validUntil.toISOString() }),
});

const hasEnded = ({ validUntil }: PartnerClient): boolean => validUntil !== null && validUntil.getTime() <= Date.now();

const ISSUER = /^[a-z][a-z0-9-]{0,39}$/;

/** By which clients of which issuer a partner calls. */
@Controller({ version: '1' })
export class PartnerClientsController {
  constructor(
    private readonly database: Database,
    private readonly partners: Partners,
    private readonly audit: Audit,
  ) {}

  @Implements(partners.listPartnerClients)
  async list(@Param() { id }: PartnerPath, @Query() query: PageQuery): Promise<Page<PartnerClientView>> {
    const { manager } = this.database;
    await partnerBy(manager, id);
    return pagedByKey(await listPartnerClients(manager, id), query, idOf, viewOf);
  }

  @Implements(partners.bindPartnerClient)
  async bind(
    @Param() { id, issuer, client }: PartnerClientPath,
    @Body() { validUntil: end, reason }: PartnerClientBody,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PartnerClientView> {
    if (!ISSUER.test(issuer)) throw invalid('issuer', 'name', 'issuer must be 1 to 40 of a to z, 0 to 9 and -, and begin with a letter');
    const validUntil = end === undefined ? null : new Date(end);
    if (validUntil !== null && validUntil.getTime() <= Date.now()) throw invalid('validUntil', 'future', 'validUntil must lie in the future');
    const clientId = qualifiedId(issuer, client);
    if (clientId === principal.clientId)
      throw new Problem('conflict', 'This is your own client: a partner’s may not change partners.', { code: 'own-client' });
    return this.#change({ what: 'partner-client-bound', id, issuer, client, why: reason }, async (em, before) => {
      if (before && before.partnerId !== id && !hasEnded(before))
        throw new Problem('conflict', `${before.partnerId} calls by the client ${clientId}.`, { code: 'client-bound' });
      if (await findConsumer(em, clientId))
        throw new Problem('conflict', `${clientId} is registered as a consumer of its own; remove it first.`, { code: 'client-registered' });
      const goesOn = before?.partnerId === id && !hasEnded(before);
      return { issuer, clientId: client, partnerId: id, validUntil, boundAt: goesOn ? before.boundAt : new Date() };
    });
  }

  @Implements(partners.unbindPartnerClient)
  async unbind(@Param() { id, issuer, client }: PartnerClientPath, @Query() { reason }: Removal): Promise<void> {
    await this.#change({ what: 'partner-client-unbound', id, issuer, client, why: reason }, async (_, before) => {
      if (before?.partnerId !== id) throw new Problem('not-found', `${id} does not call by the client ${client} of ${issuer}.`);
      return hasEnded(before) ? before : { ...before, validUntil: new Date() };
    });
  }

  async #change(
    { what, id, issuer, client, why }: { what: string; id: string; issuer: string; client: string; why: string },
    change: (em: Transaction, before: PartnerClient | null) => Promise<PartnerClient>,
  ): Promise<PartnerClientView> {
    const after = await inTransaction(this.database, async em => {
      await lockPartners(em);
      await partnerBy(em, id);
      const before = await findPartnerClient(em, issuer, client);
      const changed = await change(em, before);
      await putPartnerClient(em, changed);
      await this.audit.record(em, { what, subject: idOf(changed), before, after: changed, why });
      return changed;
    });
    await this.partners.refresh();
    return viewOf(after);
  }
}

const invalid = (field: string, rule: string, message: string): Problem =>
  new Problem('invalid', `${message}.`, { code: 'validation', fields: [{ field, rule, message }] });
