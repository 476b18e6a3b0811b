import { Injectable } from '@nestjs/common';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/**
 * An app's own metrics. The same name always gives the same metric, so code may request it where it
 * is used.
 */
@Injectable()
export class Metrics {
  readonly registry = new Registry();

  counter(name: string, help: string, labels: string[] = []): Counter {
    return (
      (this.registry.getSingleMetric(name) as Counter | undefined) ?? new Counter({ name, help, labelNames: labels, registers: [this.registry] })
    );
  }

  /** `buckets` are durations in seconds by default. */
  histogram(name: string, help: string, labels: string[] = [], buckets: number[] = SECONDS): Histogram {
    return (
      (this.registry.getSingleMetric(name) as Histogram | undefined) ??
      new Histogram({ name, help, labelNames: labels, buckets, registers: [this.registry] })
    );
  }

  /** `collect` is called at each reading, for values that must be looked up. */
  gauge(name: string, help: string, labels: string[] = [], collect?: (gauge: Gauge) => void | Promise<void>): Gauge {
    const known = this.registry.getSingleMetric(name) as Gauge | undefined;
    if (known) return known;
    const gauge: Gauge = new Gauge({ name, help, labelNames: labels, registers: [this.registry], collect: () => collect?.(gauge) });
    return gauge;
  }
}
