import { Injectable } from '@nestjs/common';
import { Decimal } from 'decimal.js';
import type { Message } from '#apis';
import { money, type BillableTransaction, type Money } from '#canonical';
import type { Transaction } from '#persistence';
import { type CapLine, type CapSplit, consumeCap, explainSplit, standsBehind, type Waiting } from '../caps/not-to-exceed.rules.js';
import { needs } from '../needs.js';
import { LineExceptions } from './line-exceptions.js';
import { PostingDates } from '../periods/posting-dates.js';
import { ReferenceStore, type CapHeadroom } from '../facts/reference.store.js';
import { TimeToBillingConfig } from '../time-to-billing.config.js';
import { datedOn } from './posting-day.rules.js';
import { costOf, externalIdOf, isCost, reversalOf, transactionOfPart } from './billable-transaction.rules.js';
import { type Line, type Posting, workDateOf } from './line.js';
import type { LineBook } from './line-book.js';
import { alive } from './line-state.rules.js';
import type { NextOperation } from './next-operation.rules.js';
import { nextStep } from './next-step.rules.js';

/**
 * Brings lines one step nearer to what the ERP should hold of them: first an older version out,
 * then the newest one in. It runs in the transaction that changed the lines, and again when the
 * step's outcome is known, so that each line has at most one step in flight.
 */
@Injectable()
export class LineAdvancer {
  constructor(
    private readonly reference: ReferenceStore,
    private readonly exceptions: LineExceptions,
    private readonly config: TimeToBillingConfig,
  ) {}

  async advance(em: Transaction, book: LineBook): Promise<void> {
    const wanted: Line[] = [];
    const costs: Line[] = [];
    const dates = new PostingDates(() => this.reference.periods(em), this.config.closedPeriod);
    for (const line of book.lines) {
      this.#creditArrived(book, line);
      const step = this.next(line);
      switch (step.operation) {
        case 'remove': {
          const posting = named(line, step.externalId);
          Object.assign(posting, { operation: 'remove', state: 'ready', refusal: null });
          book.moved(line, posting);
          break;
        }
        case 'reverse':
          book.moved(line, await reversal(named(line, step.externalId), dates), 'whole');
          break;
        case 'need-credit':
          this.exceptions.needsCredit(book, line, step);
          break;
        case 'post':
          (isCost(step) ? costs : wanted).push(line);
          break;
        case 'nothing':
          break;
      }
    }
    await this.#dateAgain(book, [...wanted, ...costs], dates);
    for (const line of costs) book.moved(line, costPosting(line), 'whole');
    await this.#post(em, book, wanted);
  }

  /**
   * A line that waited for an older version's removal was priced before that: its month may be
   * closed by now.
   */
  async #dateAgain(book: LineBook, wanted: Line[], dates: PostingDates): Promise<void> {
    for (const line of wanted.filter(({ postings }) => postings.length > 0)) {
      const { transaction } = line.priced!;
      const postingDate = await dates.of(transaction, transaction.workDate);
      if (postingDate === transaction.postingDate) continue;
      line.priced = datedOn(line.priced!, postingDate);
      book.changed(line, 'whole');
    }
  }

  /** Takes one step at a time for a line. A negative control in the tests overrides the order. */
  protected next(line: Line): NextOperation {
    return nextStep(line);
  }

  /**
   * The part that needed a credit is out, because finance said so or its invoice was voided: the
   * line goes on.
   */
  #creditArrived(book: LineBook, line: Line): void {
    const waits = line.faults?.some(({ need }) => need === needs.credit(line.id, line.version)) ?? false;
    if (!waits || line.exceptionId === null) return;
    if (line.postings.some(posting => posting.version < line.version && posting.billing !== 'unbilled' && alive(posting))) return;
    book.finished(line.exceptionId);
    line.faults = null;
    line.exceptionId = null;
    book.changed(line, 'whole');
  }

  /**
   * Posts the newest versions. Lines under a cap consume it in the order of work date and id, under
   * the project's lock.
   */
  async #post(em: Transaction, book: LineBook, wanted: Line[]): Promise<void> {
    const capped = wanted.filter(line => line.priced!.capped);
    const gone = book.queueMoved();
    const projects = new Set([...gone, ...book.cappedChange().keys(), ...capped.map(({ priced }) => priced!.transaction.projectId)]);
    const rooms = await this.reference.lockCaps(em, [...projects].sort());
    for (const line of wanted.filter(({ priced }) => !priced!.capped))
      book.moved(line, posting(line, line.priced!.transaction.amount, minutesIn(line), 0), 'whole');
    const waiting =
      this.config.freedRoom === 'oldest-first' && capped.length > 0
        ? await this.reference.oldestOverage(em, [...rooms.keys()], idsOf(book))
        : new Map<string, Waiting>();
    for (const [projectId, lines] of Map.groupBy(capped, ({ priced }) => priced!.transaction.projectId)) {
      const room = rooms.get(projectId);
      for (const { lineId, within, over } of shares(lines, room, book.cappedChange().get(projectId), waiting.get(projectId) ?? null)) {
        const line = book.get(lineId)!;
        if (within) book.moved(line, posting(line, within.amount, within.minutes, 0), 'whole');
        line.overage = over ? { minutes: over.minutes, amount: over.amount.amount } : null;
        if (over) explained(book, line, explainSplit(room!.limit!, { within, over }));
        else book.changed(line);
      }
      const first = waiting.get(projectId);
      const behind = first ? lines.filter(line => line.overage !== null && standsBehind(asking(line), first)) : [];
      for (const line of behind) explained(book, line, { code: 'price.older-overage-first', params: { workDate: first!.workDate } });
      // The first waiting line may be held up by something else: the releaser finds out who can go
      // on.
      if (behind.length > 0) gone.push(projectId);
    }
    await this.reference.moveCaps(em, book.cappedChange());
    await this.reference.freeCaps(em, gone);
  }
}

const named = (line: Line, externalId: string): Posting => line.postings.find(posting => posting.externalId === externalId)!;

const minutesIn = ({ priced }: Line): number | null => priced!.transaction.minutes ?? null;

/**
 * The part of each line that fits under the project's cap; the whole line when the cap was removed.
 */
function shares(lines: Line[], room: CapHeadroom | undefined, change: Decimal | undefined, waiting: Waiting | null): CapSplit[] {
  if (!room?.limit) return lines.map(asking).map(({ lineId, minutes, amount }) => ({ lineId, within: { minutes, amount }, over: null }));
  const consumed = money(new Decimal(room.consumed).plus(change ?? 0), room.limit.currency);
  return consumeCap({ limit: room.limit, consumed }, lines.map(asking), waiting).splits;
}

/** The whole line, as a request for headroom. */
const asking = (line: Line): CapLine => ({
  ...capLine(line, minutesIn(line), line.priced!.transaction.amount),
  corrected: line.postings.some(({ version, capped }) => capped && version < line.version),
});

const idsOf = (book: LineBook): string[] => book.lines.map(({ id }) => id);

export const capLine = (line: Line, minutes: number | null, amount: Money): CapLine => ({
  lineId: line.id,
  workDate: workDateOf(line),
  minutes,
  ratePerHour: line.priced!.transaction.ratePerHour ?? null,
  amount,
});

/** Explain what happened to the price after the price's own steps. */
export function explained(book: LineBook, line: Line, what: Message): void {
  line.priced = { ...line.priced!, explanation: [...line.priced!.explanation, what] };
  book.changed(line, 'whole');
}

/**
 * A part of the newest version that the ERP is to hold. `overage`: the n-th part that was released
 * later, 0 for what fitted at first.
 */
export function posting(line: Line, amount: Money, minutes: number | null, overage: number, postingDate?: string): Posting {
  const { transaction: whole, capped } = line.priced!;
  const transaction = postingDate === undefined ? whole : { ...whole, postingDate };
  const externalId = externalIdOf({ lineId: line.id, version: line.version, overage });
  const before = line.postings
    .filter(({ version, reverses, externalId: id }) => version === line.version && reverses === null && id !== externalId)
    .reduce((sum, part) => sum.plus(part.amount.amount), new Decimal(0));
  const part = transactionOfPart(transaction, { externalId, minutes, amount }, money(before, amount.currency));
  return { ...asPosted(line, part), capped };
}

/** A transaction of the newest version that the ERP is asked to post. */
const asPosted = (line: Line, transaction: BillableTransaction): Omit<Posting, 'capped'> => ({
  externalId: transaction.externalId,
  lineId: line.id,
  version: line.version,
  kind: transaction.kind,
  operation: 'post',
  state: 'ready',
  reverses: null,
  transaction,
  amount: transaction.amount,
  minutes: transaction.minutes ?? null,
  billing: 'unbilled',
  invoice: null,
  ref: null,
  refusal: null,
  postedAt: null,
});

/**
 * The newest version's cost record, which the ERP is to hold however much of the line is billed.
 */
function costPosting(line: Line): Posting {
  const transaction = costOf(line.priced!.transaction, externalIdOf({ lineId: line.id, version: line.version, cost: true }));
  return { ...asPosted(line, transaction), capped: false };
}

/**
 * A reversal is posted on the day of what it reverses, so that both are in one month, or on the
 * first open day after it.
 */
async function reversal(reversed: Posting, dates: PostingDates): Promise<Posting> {
  const transaction = reversalOf(reversed.transaction, await dates.of(reversed.transaction, reversed.transaction.postingDate));
  return {
    ...reversed,
    externalId: transaction.externalId,
    operation: 'post',
    state: 'ready',
    reverses: reversed.externalId,
    transaction,
    amount: transaction.amount,
    minutes: transaction.minutes ?? null,
    capped: false,
    billing: 'unbilled',
    invoice: null,
    ref: null,
    refusal: null,
    postedAt: null,
  };
}
