import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { ExceptionAction } from '#apis/exceptions';
import type { Fault } from '#apis';
import { ExceptionDesk, type HeldTurn } from '#exceptions';
import { LoopProvider, type JobLoop, type Next } from '#jobs';
import { Database, inTransaction, type Transaction } from '#persistence';
import { Assessor } from '../assessment/assessor.js';
import { CORRECTIONS, LineExceptions } from '../lines/line-exceptions.js';
import { JustAssessed } from '../assessment/assess.rules.js';
import { nextVersion } from '../lines/intake.rules.js';
import type { LineBook } from '../lines/line-book.js';
import { readLines } from '../lines/read-lines.js';
import { Lines } from '../lines/lines.js';
import type { Assessment } from '../facts/line-facts.js';
import type { Line } from '../lines/line.js';
import { jobLoop } from '../jobs/job-loop.js';
import { TOPICS } from '../jobs/topics.js';
import { TimeToBillingConfig } from '../time-to-billing.config.js';
import { correctionFault, decisionOn, differenceOf, isAsked, isTouched, keptOf } from './corrected-prices.rules.js';
import { CorrectionStore, type Correction, type RecordedDifference } from './correction.store.js';
import { isAskedOfDay, isMoved, isSent, outsideFaults, outsideOf } from './ends.rules.js';

const AT_ONCE = 200;

/**
 * Handles a rate, card or term that is corrected after lines were priced by it. Each affected line
 * gets the difference, and is either re-rated or put to a person. A difference with another cause,
 * such as the rules of another release, is left as it is. Changed dates of projects and workers are
 * handled likewise: a line whose day is now outside of them is put to a person, or waits like a
 * line that arrives later.
 */
@Injectable()
export class Corrections extends LoopProvider implements OnModuleInit {
  protected readonly loop: JobLoop;

  constructor(
    private readonly dataSource: Database,
    private readonly store: CorrectionStore,
    private readonly assessor: Assessor,
    private readonly lines: Lines,
    private readonly exceptions: LineExceptions,
    private readonly desk: ExceptionDesk,
    private readonly config: TimeToBillingConfig,
  ) {
    super();
    this.loop = jobLoop({ dataSource, leaseMs: config.leaseMs, name: 'corrections', work: () => this.#assessCandidates(), topics: [TOPICS.correct] });
  }

  onModuleInit(): void {
    this.desk.releaseWith((em, turns, action) => this.#applyDecision(em, turns, action), CORRECTIONS);
  }

  async #assessCandidates(): Promise<Next> {
    if (await this.store.anyChange(this.dataSource.manager)) {
      await inTransaction(this.dataSource, em => this.store.gather(em));
      await inTransaction(this.dataSource, em => this.store.awaitWrites(em));
    }
    const correction = await this.store.next(this.dataSource.manager);
    if (!correction) return false;
    const candidates = await this.store.candidates(this.dataSource.manager, correction, AT_ONCE);
    const lines = await readLines(
      this.dataSource.manager,
      candidates.map(({ id }) => id),
    );
    const entries = lines.map(({ id, kind, entry }) => ({ id, kind, entry, counted: true }));
    const before = await this.assessor.assess(entries, { before: correction.id, again: true });
    const now = await this.assessor.assess(entries, { again: true });
    const days = await this.store.movedDays(this.dataSource.manager, correction);
    const moved = new Set(lines.filter(line => days.some(one => isMoved(one, line))).map(({ id }) => id));
    const hit = lines.filter(({ id }) => moved.has(id) || isTouched(before.get(id)!, now.get(id)!));
    const touched = new Map(hit.map(({ id, version }) => [id, version]));
    const turns = new Map(candidates.map(({ id, turn }) => [id, turn]));
    const isOutside = ({ id }: Line) => moved.has(id) && outsideOf(now.get(id)!).length > 0;
    const different = hit
      .filter(line => !isOutside(line) && differenceOf(line, now.get(line.id)!))
      .sort((a, b) => turns.get(a.id)! - turns.get(b.id)!);
    for (const [id, assessment] of await this.#inTurn(correction, different, now)) now.set(id, assessment);
    await inTransaction(this.dataSource, async em => {
      await this.#apply(em, correction, touched, moved, now);
      await this.store.recordProgress(em, correction, candidates.length === AT_ONCE ? candidates.at(-1)! : null);
    });
    return true;
  }

  /**
   * The prices of lines when those to re-rate are priced one after the other, as they will be, and
   * the others stay as they are.
   */
  async #inTurn(correction: Correction, lines: Line[], now: Map<string, Assessment>): Promise<Map<string, Assessment>> {
    const entriesOf = (some: Line[]) => some.map(({ id, kind, entry }) => ({ id, kind, entry, counted: true }));
    const { 're-rated': reRated = [], ...others } = Object.groupBy(lines, line => this.#decisionOn(correction, line, now.get(line.id)!));
    const without = reRated.map(({ id }) => id);
    const priced = new JustAssessed();
    const first = await this.assessor.assess(entriesOf(reRated), { without }, priced);
    return new Map([...first, ...(await this.assessor.assess(entriesOf(Object.values(others).flat()), { without, again: true }, priced))]);
  }

  #decisionOn({ answer }: Correction, line: Line, now: Assessment): RecordedDifference['state'] {
    return decisionOn(line, now, answer ?? this.config.correctedPrice, answer !== null);
  }

  async #apply(
    em: Transaction,
    correction: Correction,
    touched: Map<string, number>,
    moved: Set<string>,
    now: Map<string, Assessment>,
  ): Promise<void> {
    await this.lines.change(em, [...touched.keys()], async book => {
      const differences: RecordedDifference[] = [];
      for (const line of book.lines) {
        // A line that changed meanwhile is already priced by the current facts.
        if (line.version !== touched.get(line.id) || line.assessment !== 'priced' || !line.approved) continue;
        const assessment = now.get(line.id)!;
        const outside = outsideOf(assessment);
        if (outside.length > 0 && moved.has(line.id)) {
          if (isSent(line)) differences.push(this.#ask(book, line, correction, outside));
          else this.#reRate(book, line);
          continue;
        }
        // A person has been asked about it already, with all of its money.
        if (outside.length > 0 && isAskedOfDay(line)) continue;
        const difference = differenceOf(line, assessment);
        if (!difference) {
          if (isAsked(line) || isAskedOfDay(line)) book.finished(await this.#closeQuestion(em, book, line));
          continue;
        }
        const state = this.#decisionOn(correction, line, assessment);
        differences.push({ lineId: line.id, version: line.version, ...difference, state });
        if (state === 'kept') this.#keepPrice(book, line, correctionFault(line, correction.id, difference, correction.what));
        else if (state === 'asked')
          this.exceptions.corrected(book, line, [correctionFault(line, correction.id, difference, correction.what)], difference.was);
        else this.#reRate(book, line);
      }
      await this.store.recordDifferences(em, correction.id, differences);
    });
  }

  #ask(book: LineBook, line: Line, { id }: Correction, outside: Fault[]): RecordedDifference {
    const was = line.priced!.transaction.amount;
    this.exceptions.corrected(book, line, outsideFaults(line, id, outside), was);
    return { lineId: line.id, version: line.version, was, now: null, state: 'asked' };
  }

  #reRate(book: LineBook, line: Line): void {
    if (line.exceptionId) book.finished(line.exceptionId);
    const waiting = line.postings.filter(({ state, operation }) => state === 'ready' && operation === 'post');
    Object.assign(line, nextVersion(line));
    for (const posting of waiting) book.drop(line, posting);
    book.changed(line, 'whole');
  }

  /**
   * The price was put right before finance decided: it equals the current price, so there is
   * nothing to ask.
   */
  async #closeQuestion(em: Transaction, book: LineBook, line: Line): Promise<string> {
    const question = line.exceptionId!;
    await this.store.withdraw(em, line.id, line.version);
    Object.assign(line, { faults: null, exceptionId: null });
    book.changed(line, 'whole');
    return question;
  }

  #keepPrice(book: LineBook, line: Line, { reason }: Fault): void {
    line.priced = { ...line.priced!, explanation: [...line.priced!.explanation, keptOf(reason)] };
    book.changed(line, 'whole');
  }

  /**
   * "Retry" bills the line at its current price, or lets it wait where it should no longer be
   * billed. "Skip" keeps its price.
   */
  async #applyDecision(em: Transaction, turns: HeldTurn[], action: ExceptionAction): Promise<void> {
    const ids = turns.map(({ key }) => key);
    await this.lines.change(em, ids, async book => {
      for (const { key, seq } of turns) {
        const line = book.get(key);
        if (!line || line.version !== seq || line.assessment !== 'priced' || line.exceptionId === null) continue;
        if (action === 'retry') {
          await this.store.decided(em, line.id, line.version, 're-rated');
          this.#reRate(book, line);
          continue;
        }
        await this.store.decided(em, line.id, line.version, 'kept');
        this.#keepPrice(book, line, line.faults![0]);
        line.faults = null;
        line.exceptionId = null;
      }
    });
  }
}
