import { Injectable } from '@nestjs/common';
import { Decimal } from 'decimal.js';
import type { Counter, Histogram } from 'prom-client';
import { message } from '#apis';
import { money, recordedAmount, sameMoney, type BillingOutcome, type Money } from '#canonical';
import { isAside, type Item, SetAsides, type TooManyFailures } from '#events';
import { apart, Database, inTransaction, type Transaction } from '#persistence';
import { context, Metrics } from '#service';
import { LineExceptions } from '../lines/line-exceptions.js';
import { isCost } from '../lines/billable-transaction.rules.js';
import type { Line, Posting } from '../lines/line.js';
import type { LineBook } from '../lines/line-book.js';
import { Lines } from '../lines/lines.js';
import { StatusBack } from '../status-back/status-back.js';

export const OUTCOMES_JOB = 'job time-to-billing.postings';

/**
 * Records the outcome of a batch: each line gets its outcome and its next step, in one transaction.
 */
@Injectable()
export class BatchOutcomes {
  readonly #outcomes: Counter;
  readonly #posted: Counter;
  readonly #latency: Histogram;

  constructor(
    private readonly lines: Lines,
    private readonly exceptions: LineExceptions,
    private readonly statusBack: StatusBack,
    private readonly setAsides: SetAsides,
    private readonly dataSource: Database,
    metrics: Metrics,
  ) {
    this.#outcomes = metrics.counter('throughline_billing_outcomes_total', 'Outcomes of lines sent to the ERP.', ['kind', 'result']);
    this.#posted = metrics.counter(
      'throughline_lines_posted_total',
      'Lines that came into the ERP; straight ones needed no person, which over all is the straight-through rate.',
      ['kind', 'through'],
    );
    this.#latency = metrics.histogram(
      'throughline_approval_to_posted_seconds',
      'From the approval of a line to its being in the ERP.',
      ['kind'],
      [1, 2, 5, 10, 30, 60, 300, 1_800, 7_200, 28_800, 86_400, 604_800],
    );
  }

  /** `carefully`: an outcome that can't be recorded is set aside, and the others are recorded. */
  async record(em: Transaction, lineIds: string[], outcomes: BillingOutcome[], carefully = false): Promise<void> {
    if (!carefully) return this.#record(em, lineIds, outcomes);
    const failed: { item: Item; error: unknown }[] = [];
    await apart(em, outcomes, {
      work: async (nested, some) => this.#record(nested, await linesOf(nested, some), some),
      failed: (outcome, error) => failed.push({ item: itemOf(outcome), error }),
    });
    await this.setAsides.put(em, OUTCOMES_JOB, { failed, read: outcomes.length });
  }

  async stop(error: TooManyFailures): Promise<void> {
    await inTransaction(this.dataSource, em => this.setAsides.stop(em, error));
  }

  /**
   * Retries outcomes that were set aside and are due. What a person skipped counts as refused, so
   * that finance decides. If finance has it sent again and the ERP already has it, the ERP finds it
   * by its id.
   */
  async retryDue(): Promise<void> {
    await inTransaction(this.dataSource, async em => {
      const due = await this.setAsides.due(em, OUTCOMES_JOB);
      const outcomes = due.map(({ content }) => JSON.parse(content!) as BillingOutcome);
      await this.record(em, [], [...outcomes, ...(await this.#passedOver(em))], true);
      // An outcome that failed again is due no more, and stays set aside.
      if (due.length > 0) await this.setAsides.close(em, OUTCOMES_JOB, await this.setAsides.due(em, OUTCOMES_JOB));
    });
  }

  /** Postings claimed by a batch that has ended, and no longer set aside. */
  async #passedOver(em: Transaction): Promise<BillingOutcome[]> {
    const rows = await em.query<{ external_id: string }[]>(
      `select p.external_id from billing.posting p join billing.batch b on b.id = p.batch where p.state = 'claimed' and b.state = 'done'
         and not ${isAside('$1', 'p.external_id')}`,
      [OUTCOMES_JOB],
    );
    return rows.map(({ external_id: externalId }) => ({ externalId, result: 'refused', code: 'refused' }));
  }

  async #record(em: Transaction, lineIds: string[], outcomes: BillingOutcome[]): Promise<void> {
    await this.lines.change(em, lineIds, book => {
      this.#applyOutcomes(book, outcomes);
      return this.statusBack.statusChanged(em, book.lines);
    });
  }

  #applyOutcomes(book: LineBook, outcomes: BillingOutcome[]): void {
    const now = new Date().toISOString();
    const postings = new Map(book.lines.flatMap(line => line.postings.map(posting => [posting.externalId, { line, posting }] as const)));
    for (const outcome of outcomes) {
      const { line, posting } = postings.get(outcome.externalId)!;
      this.#outcomes.inc({ kind: posting.kind, result: outcome.result });
      if (outcome.result === 'posted') {
        this.#applyPosted(book, line, posting, outcome, now);
        if (line.exceptionId && !line.faults) {
          book.finished(line.exceptionId);
          line.exceptionId = null;
        }
      } else if (outcome.result === 'removed') posting.state = 'removed';
      else this.#applyRefused(book, line, posting, outcome);
      book.moved(line, posting);
    }
  }

  #applyPosted(book: LineBook, line: Line, posting: Posting, outcome: BillingOutcome, now: string): void {
    Object.assign(posting, { state: 'posted', ref: outcome.ref ?? null, refusal: null, postedAt: now });
    if (posting.reverses !== null) {
      // The reversed posting and its reversal are both out: together they come to nothing.
      const reversed = line.postings.find(({ externalId }) => externalId === posting.reverses)!;
      for (const one of [reversed, posting]) {
        one.state = 'reversed';
        book.moved(line, one);
      }
      return;
    }
    if (posting.version !== line.version) return;
    if (outcome.amount && !sameMoney(outcome.amount, recordedAmount(posting.transaction)))
      this.#noteDifference(book, line, posting, outcome.amount, outcome.ratePerHour);
    if (isCost(posting)) return;
    if (line.postedAt === null) this.#posted.inc({ kind: line.kind, through: line.stopped ? 'decided' : 'straight' });
    line.postedAt ??= now;
    if (line.approvedAt) this.#latency.observe({ kind: line.kind }, Math.max(0, (Date.parse(now) - Date.parse(line.approvedAt)) / 1000));
  }

  /** The ERP recorded another amount: keep it with the price, where readers of the line see it. */
  #noteDifference(book: LineBook, line: Line, posting: Posting, theirs: Money, rate: Money | undefined): void {
    const { transaction } = posting;
    const ours = recordedAmount(transaction);
    const params = { ours: ours.amount, theirs: theirs.amount, currency: theirs.currency };
    const coded = rate
      ? message('price.erp-rate-rounded', {
          ...params,
          rate: rate.amount,
          exact: transaction.ratePerHour!.amount,
          difference: minus(theirs, ours).amount,
        })
      : message('price.erp-differs', params);
    line.priced = { ...line.priced!, explanation: [...line.priced!.explanation, coded] };
    book.changed(line, 'whole');
  }

  /** The ERP refuses. A refused removal says where the line is; a refused posting is for people. */
  #applyRefused(book: LineBook, line: Line, posting: Posting, outcome: BillingOutcome): void {
    const refusal = { ...(outcome.code ? { code: outcome.code } : {}), ...(outcome.detail ? { detail: outcome.detail } : {}) };
    if (posting.operation === 'remove') {
      // As far as we can tell it is billed: it has to be reversed or credited.
      Object.assign(posting, { state: 'posted', operation: 'post', billing: posting.billing === 'unbilled' ? 'billed' : posting.billing, refusal });
      return;
    }
    Object.assign(posting, { state: 'refused', refusal });
    if (posting.reverses !== null || posting.version !== line.version) return;
    this.exceptions.refused(book, line, posting);
  }
}

const minus = (a: Money, b: Money): Money => money(new Decimal(a.amount).minus(b.amount), a.currency);

const linesOf = async (em: Transaction, outcomes: BillingOutcome[]): Promise<string[]> => {
  const rows = await em.query<{ line_id: string }[]>('select line_id from billing.posting where external_id = any($1)', [
    outcomes.map(({ externalId }) => externalId),
  ]);
  return rows.map(row => row.line_id);
};

/** Keep the whole outcome: the ERP does not repeat it once its batch is done. */
const itemOf = (outcome: BillingOutcome): Item => ({
  key: outcome.externalId,
  item: outcome.externalId,
  system: outcome.ref?.system ?? 'erp',
  noun: 'billable-transaction',
  nativeId: outcome.externalId,
  content: JSON.stringify(outcome),
  correlationId: context().correlationId,
});
