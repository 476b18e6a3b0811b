import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Budgets } from '#throttling';
import { Metrics } from './metrics.js';

/**
 * What plans let through and refuse, by consumer. A client that nobody registered counts as
 * `unknown`, so that strangers make no series of their own.
 */
@Injectable()
export class PlanMetrics implements OnModuleInit {
  constructor(
    private readonly budgets: Budgets,
    private readonly metrics: Metrics,
  ) {}

  onModuleInit(): void {
    const refused = this.metrics.counter('throughline_plan_refused_total', 'Calls that were refused, by consumer and the limit that they met.', [
      'consumer',
      'reason',
    ]);
    const leased = this.metrics.counter('throughline_plan_permits_leased_total', 'Permits that this process took from plans, by consumer.', [
      'consumer',
    ]);
    this.budgets.watch({
      refused: (consumer, reason) => refused.inc({ consumer, reason }),
      granted: (consumer, permits) => leased.inc({ consumer }, permits),
    });
    this.metrics.gauge(
      'throughline_plan_use_ratio',
      "How much of a plan's window all processes used, by consumer that called here a moment ago.",
      ['consumer'],
      gauge => {
        gauge.reset();
        for (const { consumer, use } of this.budgets.uses()) gauge.set({ consumer }, use);
      },
    );
    this.metrics.gauge(
      'throughline_plan_ledger_reachable',
      'Whether plans are shared with other processes; otherwise local shares hold.',
      [],
      gauge => gauge.set(this.budgets.shared ? 1 : 0),
    );
  }
}
