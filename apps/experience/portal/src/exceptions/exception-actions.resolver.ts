import { Inject } from '@nestjs/common';
import { Args, Context, ID, Mutation, Resolver } from '@nestjs/graphql';
import { Scopes } from '#auth';
import { Problem } from '#canonical';
import { ProjectInitiation } from '../clients.js';
import type { PortalContext } from '../graphql/portal-context.js';
import { payload } from '../values/payload.js';
import { checkTexts, KEY, REASON, refuseOtherDesk, refuseWithout } from '../viewer/refusal.js';
import { exceptionGroupSource, exceptionSource } from './exception.list.js';
import { ExceptionGroupPayload, ExceptionPayload } from './exception-actions.model.js';
import { exceptionOf, type Exception, type ExceptionGroupRow, type ExceptionRow } from './exception.model.js';

// The read model follows the event log within moments; an answer waits this long for it at most, so that it shows what was done.
const SEEN_WITHIN_MS = 2_000;
const LOOK_EVERY_MS = 50;

@Resolver()
export class ExceptionActionsResolver {
  constructor(@Inject(ProjectInitiation) private readonly initiation: ProjectInitiation) {}

  @Mutation(() => ExceptionPayload, { description: 'Tries the work again.' })
  @Scopes('portal.act')
  retryException(
    @Args('id', { type: () => ID }) id: string,
    @Args('reason', { type: () => String, description: 'Why; kept in its history.' }) reason: string,
    @Args('idempotencyKey', { type: () => String }) idempotencyKey: string,
    @Context() context: PortalContext,
  ): Promise<ExceptionPayload> {
    return this.#act('retry', id, reason, idempotencyKey, context);
  }

  @Mutation(() => ExceptionPayload, { description: 'Passes the work over; what waits behind it goes on.' })
  @Scopes('portal.act')
  skipException(
    @Args('id', { type: () => ID }) id: string,
    @Args('reason', { type: () => String, description: 'Why; kept in its history.' }) reason: string,
    @Args('idempotencyKey', { type: () => String }) idempotencyKey: string,
    @Context() context: PortalContext,
  ): Promise<ExceptionPayload> {
    return this.#act('skip', id, reason, idempotencyKey, context);
  }

  @Mutation(() => ExceptionGroupPayload, {
    description: 'Tries all that wait for one need again: the oldest first, the rest when it has come through.',
  })
  @Scopes('portal.act')
  retryExceptionGroup(
    @Args('need', { type: () => ID }) need: string,
    @Args('reason', { type: () => String, description: 'Why; kept in their histories.' }) reason: string,
    @Args('idempotencyKey', { type: () => String }) idempotencyKey: string,
    @Context() context: PortalContext,
  ): Promise<ExceptionGroupPayload> {
    return payload(async () => {
      refuseWithout(context.viewer, 'retryExceptionGroup');
      checkTexts({ reason: { value: reason, ...REASON }, idempotencyKey: { value: idempotencyKey, ...KEY } });
      const group = await context.row<ExceptionGroupRow>(exceptionGroupSource, need);
      if (!group) throw new Problem('not-found', `No open exception needs ${need}.`);
      refuseOtherDesk(context.viewer, group.desk);
      const { exceptions } = await this.initiation.actOnGroup(need, reason, idempotencyKey);
      await context.refresh();
      return { need, exceptions };
    });
  }

  #act(action: 'retry' | 'skip', id: string, reason: string, key: string, context: PortalContext): Promise<ExceptionPayload> {
    return payload(async () => {
      refuseWithout(context.viewer, action === 'retry' ? 'retryException' : 'skipException');
      checkTexts({ reason: { value: reason, ...REASON }, idempotencyKey: { value: key, ...KEY } });
      const before = await context.row<ExceptionRow>(exceptionSource, id);
      if (!before) throw new Problem('not-found', `There is no exception ${id}.`);
      refuseOtherDesk(context.viewer, before.data.desk);
      const { history } = await this.initiation.actOnException(id, action, reason, key);
      return exceptionAfter(context, before, history.length);
    });
  }
}

async function exceptionAfter(context: PortalContext, before: ExceptionRow, entries: number): Promise<Exception> {
  const giveUpAt = Date.now() + SEEN_WITHIN_MS;
  for (;;) {
    await context.refresh();
    const now = (await context.row<ExceptionRow>(exceptionSource, before.id)) ?? before;
    if (now.data.history.length >= entries || Date.now() > giveUpAt) return exceptionOf(now);
    await new Promise(resolve => setTimeout(resolve, LOOK_EVERY_MS));
  }
}
