import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Gauge } from 'prom-client';
import { Metrics } from '#service';
import { QueueStore, type Waiting } from './queue.store.js';

/**
 * Measures what is approved and not yet posted, and posted and not yet billed, and how old it is.
 * Read when the metrics are scraped.
 */
@Injectable()
export class BillingMetrics implements OnModuleInit {
  constructor(
    private readonly store: QueueStore,
    private readonly metrics: Metrics,
  ) {}

  onModuleInit(): void {
    const states = async () => [...(await this.store.byState())];
    const billed = async () => [['posted', await this.store.postedNotBilled()]] as [string, Waiting][];
    this.#gauges('throughline_approved_not_posted', 'Approved and not yet in the ERP', states);
    this.#gauges('throughline_posted_not_billed', 'In the ERP and not yet on an invoice', billed);
  }

  #gauges(name: string, what: string, read: () => Promise<[string, Waiting][]>): void {
    this.metrics.gauge(`${name}_lines`, `${what}: lines.`, ['state'], gauge => each(gauge, read, (state, { lines }) => gauge.set({ state }, lines)));
    this.metrics.gauge(`${name}_oldest_seconds`, `${what}: age of the oldest.`, ['state'], gauge =>
      each(gauge, read, (state, { oldest }) => gauge.set({ state }, oldest ? Math.max(0, (Date.now() - Date.parse(oldest)) / 1000) : 0)),
    );
    this.metrics.gauge(`${name}_money`, `${what}: what it is worth, per currency.`, ['state', 'currency'], gauge =>
      each(gauge, read, (state, { money }) => {
        for (const { amount, currency } of money) gauge.set({ state, currency }, Number(amount));
      }),
    );
  }
}

async function each(gauge: Gauge, read: () => Promise<[string, Waiting][]>, set: (state: string, waiting: Waiting) => void): Promise<void> {
  gauge.reset();
  for (const [state, waiting] of await read()) set(state, waiting);
}
