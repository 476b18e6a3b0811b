import { Injectable } from '@nestjs/common';
import type { Counter } from 'prom-client';
import type { Fault } from '#apis';
import { mintId, totals, type Money } from '#canonical';
import { whatIs } from '#events';
import { RELEASE } from '#persistence';
import { log, Metrics } from '#service';
import { exceptionOf } from '#work';
import { needs, NEEDS } from '../needs.js';
import { creditFault, type NextOperation } from './next-operation.rules.js';
import type { Line, Posting } from './line.js';
import type { Assessment } from '../facts/line-facts.js';
import { submissionOf, workDateOf } from './line.js';
import type { LineBook } from './line-book.js';
import { TimeToBillingConfig } from '../time-to-billing.config.js';
import { refusalFault, UNUSABLE, unusableFault } from './line-faults.rules.js';

/** The job that assesses lines, by the name that what is set aside or stopped there carries. */
export const ASSESSING = 'job time-to-billing.assessor';

/** The turn that an exception of a line holds: the line itself, in this version. */
export const LINES = 'time-to-billing.lines';

type Flow = 'check' | 'post' | 'correct' | 're-rate';

/** The turn that an exception about a corrected price holds: the line in the version that was priced. */
export const CORRECTIONS = 'time-to-billing.corrections';

/**
 * Raises exceptions about lines: one per line and version, in the transaction that changes the
 * line's state.
 */
@Injectable()
export class LineExceptions {
  readonly #setAside: Counter;

  constructor(
    private readonly config: TimeToBillingConfig,
    metrics: Metrics,
  ) {
    this.#setAside = metrics.counter('throughline_set_aside_total', 'Records and events that were set aside.', ['place']);
  }

  /** The line can't be billed as it is: reports all its faults at once. */
  blocked(book: LineBook, line: Line, faults: Fault[], estimate: Money | null): void {
    line.estimate = estimate ?? line.estimate;
    if (faults[0].reason.code === UNUSABLE) {
      log.error({ part: 'set-aside', ...faults[0].reason.params }, 'a line was set aside');
      this.#setAside.inc({ place: ASSESSING });
    }
    this.#raise(book, line, faults, 'check');
  }

  /** The line's content makes the job fail: it waits by itself, and the other lines go on. */
  unusable({ id, entry }: Pick<Line, 'id' | 'entry'>, error: unknown): Assessment {
    return { faults: [unusableFault({ id, entry }, RELEASE, whatIs(error, entry))], estimate: null, workerId: null };
  }

  /** The ERP refused the line. */
  refused(book: LineBook, line: Line, posting: Posting): void {
    this.#raise(book, line, [refusalFault(line, posting)], 'post');
  }

  /**
   * Rates that the line was priced by were corrected: what is in the ERP stays until finance has
   * decided.
   */
  corrected(book: LineBook, line: Line, faults: Fault[], was: Money): void {
    this.#raise(book, line, faults, 're-rate', was);
  }

  /**
   * Older parts are billed and the ERP accepts no reversing line: finance credits them there and
   * then says so here.
   */
  needsCredit(book: LineBook, line: Line, step: Extract<NextOperation, { operation: 'need-credit' }>): void {
    const need = needs.credit(line.id, line.version);
    if (line.faults?.some(fault => fault.need === need)) return;
    const person = line.entry.person.name ?? line.entry.person.email;
    const fault = creditFault({ lineId: line.id, version: line.version, person, workDate: workDateOf(line) }, step);
    this.#raise(book, line, [fault], 'correct', step.money);
  }

  #raise(book: LineBook, line: Line, faults: Fault[], flow: Flow, money?: Money): void {
    const id = mintId('exception', LINES, line.id, String(line.version), flow);
    const inTheErp = flow === 'correct' || flow === 're-rate';
    if (!inTheErp) line.assessment = 'blocked';
    line.faults = faults;
    line.exceptionId = id;
    line.stopped = true;
    book.changed(line, 'whole');
    const worth = money ?? line.priced?.transaction.amount ?? line.estimate;
    const { entry } = line;
    book.raise({
      ...exceptionOf(faults, NEEDS),
      id,
      app: 'time-to-billing',
      flow: 'line-to-billing',
      step: flow,
      runId: `${line.id}:v${line.version}`,
      subject: line.id,
      keys: {
        line: line.id,
        project: entry.projectId,
        worker: entry.person.name ?? entry.person.email,
        workDate: workDateOf(line),
        ...(submissionOf(line) ? { timesheet: submissionOf(line)! } : {}),
        ...(line.priced?.customerId ? { customer: line.priced.customerId } : {}),
        ...(line.legalEntities[0] ? { legalEntity: line.legalEntities[0] } : {}),
      },
      refs: entry.refs,
      money: worth ? totals([{ money: worth, estimated: line.priced === null }]) : [],
      dueAt: new Date(Date.now() + this.config.dueMs).toISOString(),
      parkedBehind: 0,
      effect: inTheErp ? 'made' : 'none',
      legalEntities: line.legalEntities,
      turn: { subscription: flow === 're-rate' ? CORRECTIONS : LINES, key: line.id, seq: line.version },
      correlationId: line.correlationId,
    });
  }
}
