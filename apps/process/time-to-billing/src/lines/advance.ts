import { Inject, Injectable } from '@nestjs/common';
import { Decimal } from 'decimal.js';
import type { EntityManager } from 'typeorm';
import { money, type Money } from '#canonical';
import { ExceptionDesk } from '#exceptions';
import { type CapLine, type CapSplit, consumeCap } from '../caps/not-to-exceed.rules.js';
import { needs } from '../checks/needs.rules.js';
import { LineExceptions } from '../exceptions/line-exceptions.js';
import { ReferenceStore, type Room } from '../reference/reference.store.js';
import { externalIdOf, reversalOf, transactionOfPart } from './billable-transaction.rules.js';
import { type Line, type Posting, workDateOf } from './line.js';
import type { LineBook } from './line-book.js';
import { alive } from './line-state.rules.js';
import type { NextOperation } from './next-operation.rules.js';
import { nextStep } from './next-step.rules.js';

/**
 * Brings lines one step nearer to what the ERP should hold of them: an older version out first, then the newest one in. Always part of
 * the transaction that changed them, and again when the step's outcome is known; so of a line one thing at a time is on its way.
 */
@Injectable()
export class Advance {
  constructor(
    @Inject(ReferenceStore) private readonly reference: ReferenceStore,
    @Inject(LineExceptions) private readonly exceptions: LineExceptions,
    @Inject(ExceptionDesk) private readonly desk: ExceptionDesk,
  ) {}

  async all(em: EntityManager, book: LineBook): Promise<void> {
    const wanted: Line[] = [];
    for (const line of book.lines) {
      await this.#creditArrived(em, book, line);
      const step = this.next(line);
      switch (step.operation) {
        case 'remove': {
          const posting = named(line, step.externalId);
          Object.assign(posting, { operation: 'remove', state: 'ready', refusal: null });
          book.moved(line, posting);
          break;
        }
        case 'reverse':
          book.moved(line, reversal(line, named(line, step.externalId)), 'whole');
          break;
        case 'need-credit':
          this.exceptions.needsCredit(book, line, step);
          break;
        case 'post':
          wanted.push(line);
          break;
        case 'nothing':
          break;
      }
    }
    await this.#post(em, book, wanted);
  }

  /** One thing at a time of a line; a control in the tests puts another order here. */
  protected next(line: Line): NextOperation {
    return nextStep(line);
  }

  /** What had to be credited is out, by finance's word or because its invoice was voided: the line goes on. */
  async #creditArrived(em: EntityManager, book: LineBook, line: Line): Promise<void> {
    const waits = line.faults?.some(({ need }) => need === needs.credit(line.id, line.version)) ?? false;
    if (!waits || line.exceptionId === null) return;
    if (line.postings.some(posting => posting.version < line.version && posting.billing !== 'unbilled' && alive(posting))) return;
    await this.desk.finished(em, [line.exceptionId]);
    line.faults = null;
    line.exceptionId = null;
    book.changed(line, 'whole');
  }

  /** Lines whose newest version goes in now. Those under a cap take of it in order of work date and id, under the project's lock. */
  async #post(em: EntityManager, book: LineBook, wanted: Line[]): Promise<void> {
    const capped = wanted.filter(line => line.priced!.capped);
    const projects = new Set([...book.cappedChange().keys(), ...capped.map(({ priced }) => priced!.transaction.projectId)]);
    const rooms = await this.reference.lockCaps(em, [...projects].sort());
    for (const line of wanted.filter(({ priced }) => !priced!.capped))
      book.moved(line, posting(line, line.priced!.transaction.amount, minutesIn(line), 0), 'whole');
    for (const [projectId, lines] of Map.groupBy(capped, ({ priced }) => priced!.transaction.projectId)) {
      for (const { lineId, within, over } of shares(lines, rooms.get(projectId), book.cappedChange().get(projectId))) {
        const line = book.get(lineId)!;
        if (within) book.moved(line, posting(line, within.amount, within.minutes, 0), 'whole');
        line.overage = over ? { minutes: over.minutes, amount: over.amount.amount } : null;
        book.changed(line);
      }
    }
    await this.reference.moveCaps(em, book.cappedChange());
  }
}

const named = (line: Line, externalId: string): Posting => line.postings.find(posting => posting.externalId === externalId)!;

const minutesIn = ({ priced }: Line): number | null => priced!.transaction.minutes ?? null;

/** What of each line fits under the project's cap; all of it when the cap is gone. */
function shares(lines: Line[], room: Room | undefined, change: Decimal | undefined): CapSplit[] {
  const asking = lines.map(line => capLine(line, minutesIn(line), line.priced!.transaction.amount));
  if (!room?.limit) return asking.map(({ lineId, minutes, amount }) => ({ lineId, within: { minutes, amount }, over: null }));
  const consumed = money(new Decimal(room.consumed).plus(change ?? 0), room.limit.currency);
  return consumeCap({ limit: room.limit, consumed }, asking).splits;
}

export const capLine = (line: Line, minutes: number | null, amount: Money): CapLine => ({
  lineId: line.id,
  workDate: workDateOf(line),
  minutes,
  ratePerHour: line.priced!.transaction.ratePerHour ?? null,
  amount,
});

/** A part of the newest version that is to be in the ERP. `overage`: the n-th part that was released later, 0 for what fitted at first. */
export function posting(line: Line, amount: Money, minutes: number | null, overage: number): Posting {
  const { transaction, capped } = line.priced!;
  const externalId = externalIdOf({ lineId: line.id, version: line.version, overage });
  const before = line.postings
    .filter(({ version, reverses, externalId: id }) => version === line.version && reverses === null && id !== externalId)
    .reduce((sum, part) => sum.plus(part.amount.amount), new Decimal(0));
  return {
    externalId,
    lineId: line.id,
    version: line.version,
    kind: transaction.kind,
    operation: 'post',
    state: 'ready',
    reverses: null,
    transaction: transactionOfPart(transaction, { externalId, minutes, amount }, money(before, amount.currency)),
    amount,
    minutes,
    capped,
    billing: 'unbilled',
    invoice: null,
    ref: null,
    refusal: null,
    postedAt: null,
  };
}

function reversal(line: Line, reversed: Posting): Posting {
  const transaction = reversalOf(reversed.transaction, line.priced?.transaction.postingDate ?? reversed.transaction.postingDate);
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
