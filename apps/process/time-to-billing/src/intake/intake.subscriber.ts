import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Counter } from 'prom-client';
import type { RecordedEvent } from '#apis';
import type { Changed, ExpenseEntry, TimeEntry } from '#canonical';
import { Subscriptions } from '#events';
import type { Transaction } from '#persistence';
import { Metrics } from '#service';
import { leavesItsDay } from '../corrections/corrected-prices.rules.js';
import { noteLeft } from '../corrections/correction.store.js';
import type { Line } from '../lines/line.js';
import type { LineBook } from '../lines/line-book.js';
import { Lines } from '../lines/lines.js';
import { lineAfter } from '../lines/intake.rules.js';

type EntryEvent = RecordedEvent<'time-entry.changed.v1' | 'expense-entry.changed.v1'>;

const BATCH = 500;

/**
 * Turns what was approved, corrected, withdrawn or deleted in the PSA into a line's next version.
 * The version and the cursor are one transaction, so that no event is applied twice or lost.
 */
@Injectable()
export class IntakeSubscriber implements OnModuleInit {
  readonly #suppressed: Counter;

  constructor(
    private readonly subscriptions: Subscriptions,
    private readonly lines: Lines,
    metrics: Metrics,
  ) {
    this.#suppressed = metrics.counter('throughline_duplicates_suppressed_total', 'Notices of lines that changed nothing to be billed.', ['kind']);
  }

  onModuleInit(): void {
    this.subscriptions.subscribe({
      name: 'time-to-billing.intake',
      types: ['time-entry.changed.v1', 'expense-entry.changed.v1'],
      batch: BATCH,
      whole: true,
      holds: (em, keys) => inTheErp(em, keys),
      handle: (em, events) => this.take(em, events as EntryEvent[]),
    });
  }

  async take(em: Transaction, events: EntryEvent[]): Promise<void> {
    // Events carry whole states: of several events of one line the last one is enough.
    const newest = new Map(events.map(event => [event.data.state.id, event]));
    await this.lines.change(em, [...newest.keys()], book => noteLeft(em, this.#versions(book, [...newest.values()])));
  }

  /**
   * Makes the next version from each event. Returns the lines that left their day, as they were.
   */
  #versions(book: LineBook, events: EntryEvent[]): Line[] {
    const left: Line[] = [];
    for (const event of events) {
      const { state, deleted } = event.data as Changed<TimeEntry | ExpenseEntry>;
      const line = book.get(state.id);
      const taken = lineAfter(line, {
        kind: event.type === 'time-entry.changed.v1' ? 'time' : 'expense',
        entry: state,
        deleted: deleted === true,
        sequence: event.keySeq,
        at: event.time,
        legalEntities: event.legalEntities,
        correlationId: event.correlationId,
      });
      if (!taken?.newVersion) this.#suppressed.inc({ kind: line?.kind ?? 'draft' });
      if (!taken) continue;
      if (line?.exceptionId && taken.newVersion) book.finished(line.exceptionId);
      if (line) {
        if (taken.newVersion && leavesItsDay(line, taken.line)) left.push({ ...line });
        const waiting = line.postings.filter(({ state: where, operation }) => where === 'ready' && operation === 'post');
        Object.assign(line, taken.line);
        if (taken.newVersion) for (const posting of waiting) book.drop(line, posting);
        book.changed(line, 'whole');
      } else book.add(taken.line);
    }
    return left;
  }
}

/**
 * Lines of which the ERP was sent something: such an event may be skipped only by a person's
 * decision.
 */
async function inTheErp(em: Transaction, lines: string[]): Promise<string[]> {
  const rows = await em.query<{ line_id: string }[]>(
    `select distinct line_id from billing.posting where line_id = any($1) and state not in ('ready', 'refused')`,
    [lines],
  );
  return rows.map(({ line_id }) => line_id);
}
