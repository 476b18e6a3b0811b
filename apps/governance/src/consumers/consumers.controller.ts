import { Body, Controller, Param, Query } from '@nestjs/common';
import type { Page } from '#apis';
import { ClientPath, ConsumerBody, consumers, type ConsumerView, Removal } from '#apis/governance';
import { PageQuery } from '#apis';
import {
  Consumers,
  CurrentPrincipal,
  findPartnerClient,
  HOUSE_ISSUER,
  lockPartners,
  Partners,
  putConsumer,
  removeConsumer,
  type Consumer,
  type Principal,
} from '#auth';
import { Problem } from '#canonical';
import { Database, inTransaction } from '#persistence';
import { Audit, Implements } from '#service';
import { holdPlan } from '#throttling';
import { pagedByKey } from '../paged.js';
import { keepingOwnPlan } from '../plans/own-plan.js';

const viewOf = ({ clientId, ...consumer }: Consumer): ConsumerView => ({ id: clientId, ...consumer });

/** Who calls our APIs, and by which plan. It concerns the whole house, and no legal entity. */
@Controller({ version: '1' })
export class ConsumersController {
  constructor(
    private readonly database: Database,
    private readonly consumers: Consumers,
    private readonly partners: Partners,
    private readonly audit: Audit,
  ) {}

  @Implements(consumers.listConsumers)
  list(@Query() query: PageQuery): Page<ConsumerView> {
    return pagedByKey([...this.consumers.get().values()], query, ({ clientId }) => clientId, viewOf);
  }

  @Implements(consumers.putConsumer)
  async put(
    @Param() { id }: ClientPath,
    @Body() { reason, ...given }: ConsumerBody,
    @CurrentPrincipal() { clientId }: Principal,
  ): Promise<ConsumerView> {
    if (id === clientId && given.state === 'suspended')
      throw new Problem('conflict', 'This is your own client: once suspended, you could not let it in again.', { code: 'own-client' });
    const after: Consumer = { clientId: id, ...given };
    await inTransaction(this.database, async em => {
      await lockPartners(em);
      if (this.partners.find(id) ?? (await findPartnerClient(em, HOUSE_ISSUER, id)))
        throw new Problem('conflict', `${id} is a partner's client; what it has is its partner's.`, { code: 'client-bound' });
      await keepingOwnPlan(em, clientId, async () => {
        if (!(await holdPlan(em, given.plan))) throw invalid('plan', `There is no plan ${given.plan}.`);
        await putConsumer(em, after);
      });
      await this.audit.record(em, { what: 'consumer-set', subject: id, before: this.consumers.find(id) ?? null, after, why: reason });
    });
    await this.consumers.refresh();
    return viewOf(after);
  }

  @Implements(consumers.removeConsumer)
  async remove(@Param() { id }: ClientPath, @Query() { reason }: Removal, @CurrentPrincipal() { clientId }: Principal): Promise<void> {
    await inTransaction(this.database, async em => {
      await keepingOwnPlan(em, clientId, async () => {
        if (!(await removeConsumer(em, id))) throw new Problem('not-found', `Nobody registered the consumer ${id}.`);
      });
      await this.audit.record(em, { what: 'consumer-removed', subject: id, before: this.consumers.find(id) ?? null, after: null, why: reason });
    });
    await this.consumers.refresh();
  }
}

const invalid = (field: string, message: string): Problem =>
  new Problem('invalid', message, { code: 'validation', fields: [{ field, rule: 'known', message }] });
