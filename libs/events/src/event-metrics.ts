import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Database } from '#persistence';
import { Metrics } from '#service';
import { Subscriptions } from './subscriptions.js';

/** How far this app's readers are behind the log. Computed when the metrics are read. */
@Injectable()
export class EventMetrics implements OnModuleInit {
  constructor(
    private readonly dataSource: Database,
    private readonly metrics: Metrics,
    private readonly subscriptions: Subscriptions,
  ) {}

  onModuleInit(): void {
    this.metrics.gauge(
      'throughline_event_lag_seconds',
      'Age of the oldest event a subscription has not read yet; 0 when it has read all.',
      ['subscription'],
      async gauge => {
        const rows = await this.dataSource.query<{ name: string; lag: string }[]>(
          `select s.name, coalesce(extract(epoch from now() - e.recorded_at), 0) lag from events.subscription s
         left join lateral (select recorded_at from events.event e where (e.xid, e.pos) > (s.last_xid, s.last_pos) order by e.xid, e.pos limit 1) e on true
         where s.name = any($1)`,
          [this.subscriptions.names],
        );
        for (const { name, lag } of rows) gauge.set({ subscription: name }, Number(lag));
      },
    );
  }
}
