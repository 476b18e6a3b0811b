import type { RecordedEvent } from '#apis';
import type { Subscription, Subscriptions } from '#events';
import type { Transaction } from '#persistence';
import type { Metrics } from '#service';

/**
 * A part of a read model, built from some types of events by a reader of its own, so that frequent
 * events delay only their own part.
 */
export interface Part extends Pick<Subscription, 'name' | 'types' | 'batch' | 'keyOf' | 'parts'> {
  /** Writes the content of these events, in one transaction with the reader's cursor. */
  apply(em: Transaction, events: RecordedEvent[]): Promise<void>;
}

/**
 * The tables that an app answers from, in a schema of their own, built from the event log. None of
 * them is a source of record: to rebuild them, empty them and set the readers' cursors back. The
 * schema has a table `progress(name text primary key, read_to timestamptz not null, applied_at
 * timestamptz not null)`.
 */
export interface ReadModel {
  schema: string;
  parts: Part[];
}

/**
 * Call in onModuleInit. An event that can't be taken is set aside by itself. Each event states a
 * whole, so a newer one overtakes it.
 */
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
