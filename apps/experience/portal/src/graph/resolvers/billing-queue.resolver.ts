import { Context, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { Scopes } from '#auth';
import { money, Problem } from '#canonical';
import { log } from '#service';
import { TimeToBilling } from '../../clients.js';
import type { PortalContext } from '../../request/portal-context.js';
import { BillingQueue, BillingQueueFlow, QueueState } from '../../billing/billing-queue.model.js';

@Resolver(() => BillingQueue)
export class BillingQueueResolver {
  constructor(private readonly timeToBilling: TimeToBilling) {}

  @Query(() => BillingQueue, { description: 'Lines that wait to be posted to the ERP.' })
  @Scopes('portal.read')
  async billingQueue(@Context() context: PortalContext): Promise<BillingQueue> {
    const rows = await context.reader.query<{ currency: string; amount: string; lines: number; oldest: Date }>(
      `select t.currency, sum(t.amount)::text amount, count(*)::int lines, min(t.since) oldest from portal.billing_line t
       where t.state = 'ready' and t.currency is not null group by t.currency order by t.currency`,
    );
    return {
      lines: rows.reduce((total, row) => total + row.lines, 0),
      money: rows.map(({ currency, amount, lines }) => ({ ...money(amount, currency), items: lines, estimated: false })),
      oldest: rows.map(({ oldest }) => oldest).reduce<Date | null>((a, b) => (a !== null && a < b ? a : b), null),
    };
  }

  /**
   * The only part that the read model lacks. It is requested from the process app, not from a
   * vendor, and only when selected.
   */
  @ResolveField(() => BillingQueueFlow, {
    nullable: true,
    description: 'Whether the queue flows or is held, and why; null when time-to-billing could not be reached.',
  })
  flow(@Context() context: PortalContext): Promise<BillingQueueFlow | null> {
    return context
      .loader<BillingQueueFlow | null>('queue flow', async keys => Array<BillingQueueFlow | null>(keys.length).fill(await this.#flow()))
      .load('');
  }

  async #flow(): Promise<BillingQueueFlow | null> {
    try {
      const { state, reason, setAside = 0, setAsideNouns = [] } = await this.timeToBilling.queue();
      return { state: state === 'held' ? QueueState.HELD : QueueState.FLOWING, reason: reason ?? null, setAside, setAsideNouns };
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      log.warn({ err: error }, 'time-to-billing could not be asked whether its queue is held');
      return null;
    }
  }
}
