import type { RecordedEvent } from '#canonical';
import type { Subscription, Subscriptions } from '#events';
import type { Transaction } from '#persistence';
import type { Metrics } from '#service';

/** What is built from some types of events by a reader of its own, so that what comes by the thousand keeps nothing else waiting. */
export interface Part extends Pick<Subscription, 'name' | 'types' | 'batch' | 'keyOf' | 'parts'> {
  /** Writes what these events say, in one transaction with the reader's cursor. */
  apply(em: Transaction, events: RecordedEvent[]): Promise<void>;
}

/**
 * What an app answers from: tables in a schema of its own name, built from the event log. Nothing in them is a source of record: they are made
 * anew by emptying them and setting the readers' cursors back. The schema has a table
 * `progress(name text primary key, read_to timestamptz not null, applied_at timestamptz not null)`.
 */
export interface ReadModel {
  schema: string;
  parts: Part[];
}

/** Call in onModuleInit. An event that can't be taken is set aside by itself; since each states a whole, a newer one goes before it. */
export function buildFromLog({ schema, parts }: ReadModel, subscriptions: Subscriptions, metrics: Metrics): void {
  const rejected = ({ type }: RecordedEvent) =>
    metrics.counter(`throughline_${schema}_events_rejected_total`, 'Events the read model put aside, by type.', ['type']).inc({ type });
  for (const { apply, ...part } of parts)
    subscriptions.subscribe({
      ...part,
      from: 'start',
      whole: true,
      rejected,
      handle: async (em, events) => {
        await apply(em, events);
        await em.query(
          `insert into ${schema}.progress as p (name, read_to, applied_at) values ($1, $2, now())
           on conflict (name) do update set read_to = greatest(p.read_to, excluded.read_to), applied_at = excluded.applied_at`,
          [part.name, events.at(-1)!.recordedAt],
        );
      },
    });
}
