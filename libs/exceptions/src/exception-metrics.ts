import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { Database } from '#persistence';
import { APP, Metrics, type App } from '#service';

interface OpenRow {
  desk: string;
  category: string;
  open: string;
  oldest: string;
}

/**
 * How many exceptions of this app are open, by desk and category, and the age of the oldest. Read
 * when the metrics are scraped.
 */
@Injectable()
export class ExceptionMetrics implements OnModuleInit {
  constructor(
    private readonly dataSource: Database,
    private readonly metrics: Metrics,
    @Inject(APP) private readonly app: App,
  ) {}

  onModuleInit(): void {
    const labels = ['desk', 'category'];
    this.metrics.gauge('throughline_exceptions_open', 'Open exceptions, by the desk they are on.', labels, async gauge => {
      gauge.reset();
      for (const row of await this.#open()) gauge.set({ desk: row.desk, category: row.category }, Number(row.open));
    });
    this.metrics.gauge('throughline_exceptions_oldest_seconds', 'Age of the oldest open exception, by the desk it is on.', labels, async gauge => {
      gauge.reset();
      for (const row of await this.#open()) gauge.set({ desk: row.desk, category: row.category }, Number(row.oldest));
    });
  }

  #open(): Promise<OpenRow[]> {
    return this.dataSource.query<OpenRow[]>(
      `select desk, category, count(*) open, extract(epoch from now() - min(opened_at)) oldest
       from exceptions.exception where app = $1 and state in ('open', 'waiting', 'retrying') group by desk, category`,
      [this.app.name],
    );
  }
}
