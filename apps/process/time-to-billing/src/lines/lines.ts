import { Injectable } from '@nestjs/common';
import { EventPublisher } from '#events';
import { ExceptionDesk } from '#exceptions';
import { signal, type Transaction } from '#persistence';
import { TOPICS } from '../jobs/topics.js';
import { LineAdvancer } from './advance.js';
import type { Line } from './line.js';
import { linesChanged, PASSING } from './line-announcement.js';
import { LineBook } from './line-book.js';
import { lockLines } from './read-lines.js';
import { writeLines } from './write-lines.js';

/**
 * `free`: only lines that nobody else has locked. `driven`: the work itself decides the lines' next
 * step.
 */
interface How {
  free?: boolean;
  driven?: boolean;
}

/** The one way to change lines. */
@Injectable()
export class Lines {
  constructor(
    private readonly advance: LineAdvancer,
    private readonly events: EventPublisher,
    private readonly desk: ExceptionDesk,
  ) {}

  /**
   * Locks the lines, lets `work` change them in memory, decides each line's next step, writes and
   * announces the changes, and resolves the exceptions that are over. The order matters: the next
   * step depends on the change, the announcement on both, and a resolved exception may let other
   * lines go on, which changes lines again. When `work` answers false, nothing is written.
   */
  async change(em: Transaction, ids: string[], work: (book: LineBook) => Promise<false | void>, { free, driven }: How = {}): Promise<void> {
    const book = new LineBook(await lockLines(em, ids, { free }));
    if ((await work(book)) === false) return;
    if (!driven) await this.advance.advance(em, book);
    await this.#write(em, book);
    await this.desk.finished(em, book.over);
  }

  async #write(em: Transaction, book: LineBook): Promise<void> {
    const touched = book.refreshDerived();
    if (touched.length === 0) return;
    await writeLines(em, book.written(touched));
    await this.desk.raise(em, [...book.raised]);
    await wake(em, touched);
    const resting = touched.filter(({ state }) => !PASSING.has(state));
    if (resting.length > 0) await this.events.publish(em, [linesChanged(resting)]);
  }
}

/** Wakes the jobs that work on the lines next. */
async function wake(em: Transaction, touched: Line[]): Promise<void> {
  const topics = [
    ...(touched.some(({ approved, assessment }) => approved && assessment === 'none') ? [TOPICS.assess] : []),
    ...(touched.some(({ postings }) => postings.some(({ state }) => state === 'ready')) ? [TOPICS.post] : []),
    ...(touched.some(({ state }) => PASSING.has(state)) ? [TOPICS.announce] : []),
  ];
  if (topics.length > 0) await signal(em, ...topics);
}
