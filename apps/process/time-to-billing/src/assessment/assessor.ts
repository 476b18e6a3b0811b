import { Injectable } from '@nestjs/common';
import { message } from '#apis';
import { asideTopic, isStopped, refuseTooMany, SetAsides, TooManyFailures } from '#events';
import { type JobLoop, LoopProvider, type Next } from '#jobs';
import { apart, Database, inTransaction, isOwnFault, queueHead, RELEASE, type Transaction } from '#persistence';
import { SystemApis } from '../clients.js';
import { CorrectionStore, type ReRated } from '../corrections/correction.store.js';
import { ASSESSING, LineExceptions } from '../lines/line-exceptions.js';
import { UNUSABLE } from '../lines/line-faults.rules.js';
import { assessLines, JustAssessed } from './assess.rules.js';
import { type Line, minutesOf, workDateOf } from '../lines/line.js';
import type { LineBook } from '../lines/line-book.js';
import { Lines } from '../lines/lines.js';
import type { Assessment, PricedLine, WorkerFacts } from '../facts/line-facts.js';
import { dueIn, jobLoop } from '../jobs/job-loop.js';
import { TOPICS } from '../jobs/topics.js';
import { ReferenceStore, workerKey, type LineKey, type Perspective } from '../facts/reference.store.js';
import { TimeToBillingConfig } from '../time-to-billing.config.js';
import { policyOf } from './policy.rules.js';

const AT_ONCE = 500;
/** Nothing is assessed while the job is stopped because too many lines failed. */
const GOING = `not ${isStopped('$1', '$2')}`;
const RETRY_MS = 500;

interface Candidate {
  id: string;
  version: number;
  kind: Line['kind'];
  entry: Line['entry'];
}

interface Entry {
  id: string;
  kind: Line['kind'];
  entry: Line['entry'];
  counted: boolean;
}

/** The assessments of a batch of lines, by the facts read at `asOf`. */
interface Read {
  versions: Map<string, number>;
  assessments: Map<string, Assessment>;
  asOf: string;
}

/** Checks and prices lines that were approved, hundreds at a time: facts first, with no lock held; then the lines, locked. */
@Injectable()
export class Assessor extends LoopProvider {
  protected readonly loop: JobLoop;

  constructor(
    private readonly dataSource: Database,
    private readonly systems: SystemApis,
    private readonly reference: ReferenceStore,
    private readonly exceptions: LineExceptions,
    private readonly lines: Lines,
    private readonly setAsides: SetAsides,
    private readonly corrections: CorrectionStore,
    private readonly config: TimeToBillingConfig,
  ) {
    super();
    this.loop = jobLoop({
      dataSource,
      leaseMs: config.leaseMs,
      name: 'assessor',
      work: () => this.#assessBatch(),
      topics: [TOPICS.assess, asideTopic(ASSESSING)],
    });
  }

  /**
   * Says what a line is worth or what is wrong with it, by the rules that hold when it is approved.
   * A viewer gets the same answer for a project of other legal entities as for one that does not
   * exist. A line that fails with an error is isolated by halving, so that the others are still
   * assessed.
   */
  async assess(entries: Entry[], perspective: Perspective = {}, before = new JustAssessed()): Promise<Map<string, Assessment>> {
    try {
      return await this.#assess(entries, perspective, before);
    } catch (error) {
      if (!isOwnFault(error)) throw error;
      if (entries.length === 1) return new Map([[entries[0].id, this.exceptions.unusable(entries[0], error)]]);
      const half = entries.length >> 1;
      const [first, second] = [entries.slice(0, half), entries.slice(half)];
      return new Map([...(await this.assess(first, perspective, before)), ...(await this.assess(second, perspective, before))]);
    }
  }

  /** `before` holds lines assessed in this run but not saved yet; these lines are added to it. */
  async #assess(entries: Entry[], perspective: Perspective, before: JustAssessed): Promise<Map<string, Assessment>> {
    const asking = entries.map(({ id, kind, entry, counted }) => ({
      id,
      projectId: entry.projectId,
      email: entry.person.email,
      workDate: workDateOf({ kind, entry }),
      kind,
      ownMinutes: counted ? (minutesOf({ kind, entry }) ?? 0) : 0,
    }));
    const facts = await this.reference.factsOf(asking, await this.#workers(asking), policyOf(this.config), perspective);
    const known = (id: string) => facts.get(id)!;
    // The facts already include what the other lines are billed at.
    return perspective.again ? new Map(entries.flatMap(one => [...assessLines([one], known, before.copy())])) : assessLines(entries, known, before);
  }

  async #assessBatch(): Promise<Next> {
    const candidates = await queueHead<Candidate>(
      this.dataSource,
      `select id, version, kind, entry from billing.line where assessment = 'none' and approved and check_after <= clock_timestamp() and ${GOING}
       order by check_after, seq limit $3`,
      [ASSESSING, RELEASE, AT_ONCE],
    );
    if (candidates.length === 0) return this.#nearest();
    const asOf = await this.corrections.moment(this.dataSource.manager);
    const assessments = await this.assess(candidates.map(candidate => ({ ...candidate, counted: true })));
    try {
      await this.#saveBatch(candidates, assessments, asOf);
    } catch (error) {
      if (!(error instanceof TooManyFailures)) throw error;
      await inTransaction(this.dataSource, em => this.setAsides.stop(em, error));
      return false;
    }
    return true;
  }

  /** When the next waiting line is due to be assessed again. */
  async #nearest(): Promise<Next> {
    const [{ ms }] = await this.dataSource.query<[{ ms: string | null }]>(
      `select extract(epoch from min(check_after) - clock_timestamp()) * 1000 ms from billing.line
       where assessment = 'none' and approved and ${GOING}`,
      [ASSESSING, RELEASE],
    );
    return dueIn(ms);
  }

  /** Sets aside a line that fails by its own fault, and saves the others. */
  async #saveBatch(candidates: Candidate[], assessments: Map<string, Assessment>, asOf: string): Promise<void> {
    const keep = (em: Transaction, some: Candidate[]) => this.#save(em, some, assessments, asOf);
    await inTransaction(this.dataSource, em => keep(em, candidates)).catch(async (error: unknown) => {
      if (!isOwnFault(error)) throw error;
      await inTransaction(this.dataSource, async em => {
        const unusable = new Map<string, Assessment>();
        const failed = (candidate: Candidate, why: unknown) => unusable.set(candidate.id, this.exceptions.unusable(candidate, why));
        await apart(em, candidates, { work: keep, failed });
        const aside = candidates.filter(({ id }) => unusable.has(id));
        if (aside.length > 0) await this.#save(em, aside, unusable, asOf);
      });
    });
  }

  async #save(em: Transaction, candidates: Candidate[], assessments: Map<string, Assessment>, asOf: string): Promise<void> {
    await this.#refuseTooMany(em, candidates, assessments);
    const versions = new Map(candidates.map(({ id, version }) => [id, version]));
    await this.lines.change(em, [...versions.keys()], book => this.#assessed(em, book, { versions, assessments, asOf }), { free: true });
  }

  /** False when a correction was made after the facts were read. */
  async #assessed(em: Transaction, book: LineBook, { versions, assessments, asOf }: Read): Promise<false | void> {
    // The lines stay as they are and are assessed again with the corrected facts.
    if (await this.corrections.changedSince(em, asOf)) return false;
    const reRated = await this.corrections.reRated(
      em,
      book.lines.filter(({ version }) => version > 1),
    );
    const waiting: string[] = [];
    for (const line of book.lines) {
      // A line that changed while its facts were read is assessed again.
      if (line.assessment !== 'none' || !line.approved || line.version !== versions.get(line.id)) continue;
      const assessment = assessments.get(line.id)!;
      line.workerId = 'priced' in assessment ? assessment.priced.workerId : assessment.workerId;
      if ('priced' in assessment) {
        line.assessment = 'priced';
        line.priced = explainedAnew(assessment.priced, reRated.get(line.id));
        line.faults = null;
        line.legalEntities = entitiesOf(line);
        if (line.exceptionId && !line.postings.some(({ state, version }) => state === 'refused' && version === line.version)) {
          book.finished(line.exceptionId);
          line.exceptionId = null;
        }
        book.changed(line, 'whole');
      } else if (this.#mayArrive(line, assessment.faults)) waiting.push(line.id);
      else this.exceptions.blocked(book, line, assessment.faults, assessment.estimate);
    }
    if (waiting.length > 0)
      await em.query(`update billing.line set check_after = clock_timestamp() + $2 * interval '1 ms' where id = any($1)`, [waiting, RETRY_MS]);
  }

  /** When too many lines fail, the fault is not in the lines: stop, and leave them as they are. */
  async #refuseTooMany(em: Transaction, candidates: Candidate[], assessments: Map<string, Assessment>): Promise<void> {
    const fresh = candidates.filter(({ id }) => isUnusable(assessments.get(id)!)).map(({ id }) => id);
    if (fresh.length === 0) return;
    const [{ before }] = await em.query<{ before: number }[]>(
      `select count(*)::int before from billing.line where state = 'blocked' and faults -> 0 -> 'reason' ->> 'code' = $1
         and since > clock_timestamp() - interval '1 minute' and id <> all($2)`,
      [UNUSABLE, fresh],
    );
    refuseTooMany(ASSESSING, fresh, { lately: before + fresh.length, read: candidates.length });
  }

  /**
   * A line that lacks only what another system may be about to publish waits a little before it
   * becomes an exception.
   */
  #mayArrive(line: Line, faults: { category: string }[]): boolean {
    return (
      line.exceptionId === null &&
      faults.every(({ category }) => category === 'missing-reference') &&
      Date.now() - Date.parse(line.since) < this.config.graceMs
    );
  }

  async #workers(asking: LineKey[]): Promise<Map<string, WorkerFacts>> {
    const wanted = new Map(asking.filter(({ email }) => email !== '').map(line => [workerKey(line), { email: line.email, date: line.workDate }]));
    const facts = await this.systems.workersAsOf([...wanted.values()]);
    return new Map([...wanted.keys()].map((key, index) => [key, facts[index]]));
  }
}

function explainedAnew(priced: PricedLine, anew: ReRated | undefined): PricedLine {
  if (!anew) return priced;
  const told = message('price.re-rated', { was: anew.was.amount, currency: anew.was.currency, what: anew.what });
  return { ...priced, explanation: [...priced.explanation, told] };
}

const isUnusable = (assessment: Assessment): boolean => 'faults' in assessment && assessment.faults[0].reason.code === UNUSABLE;

/**
 * The legal entities that may see a line: the one that bills it and the one that lent the worker.
 */
function entitiesOf({ priced, legalEntities }: Line): string[] {
  const { intercompany, transaction } = priced!;
  return [...new Set([...legalEntities, transaction.legalEntity, ...(intercompany ? [intercompany.lendingEntity] : [])])].sort();
}
