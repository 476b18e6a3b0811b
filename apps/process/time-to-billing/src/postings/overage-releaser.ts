import { Injectable } from '@nestjs/common';
import { Decimal } from 'decimal.js';
import { money } from '#canonical';
import { type JobLoop, LoopProvider, type Next } from '#jobs';
import { Database, inTransaction, type Transaction } from '#persistence';
import { explainRelease, releaseOverage } from '../caps/not-to-exceed.rules.js';
import { capLine, explained, posting } from '../lines/advance.js';
import { explainPostingDate } from '../lines/posting-day.rules.js';
import { isCost } from '../lines/billable-transaction.rules.js';
import type { Line } from '../lines/line.js';
import type { LineBook } from '../lines/line-book.js';
import { Lines } from '../lines/lines.js';
import { onItsWay, waitsForRoom } from '../lines/line-state.rules.js';
import { PostingDates } from '../periods/posting-dates.js';
import { jobLoop } from '../jobs/job-loop.js';
import { TOPICS } from '../jobs/topics.js';
import { ReferenceStore } from '../facts/reference.store.js';
import { TimeToBillingConfig } from '../time-to-billing.config.js';

const AT_ONCE = 200;
const LEAST_MS = 400;

// A correction takes the headroom that its older version frees first, so nothing is released while
// one is in progress.
const NEXT = `
  select project_id, exists (
    select 1 from billing.line l where l.project_id = c.project_id and l.version > 1 and l.state in ('received', 'correcting')) corrected
  from billing.cap c where freed order by corrected, project_id limit 1`;

/** Lines of project $1 that wait for headroom. */
const WAITING = `from billing.line where project_id = $1 and overage_amount > 0 and approved and assessment = 'priced' and faults is null`;

// Lines before $3, where this round ended, or anywhere: more than one round takes, or lines that
// came after the first look.
const OTHERS = `
  select 1 ${WAITING} and id <> all($2) and ($3::text is null or (work_date, id) < (select work_date, id from billing.line where id = $3)) limit 1`;

/**
 * Gives headroom that came free under a project's cap to its oldest overage. Never takes headroom
 * from a line that already has it.
 */
@Injectable()
export class OverageReleaser extends LoopProvider {
  protected readonly loop: JobLoop;

  constructor(
    private readonly dataSource: Database,
    private readonly reference: ReferenceStore,
    private readonly lines: Lines,
    private readonly config: TimeToBillingConfig,
  ) {
    super();
    this.loop = jobLoop({
      dataSource,
      leaseMs: config.leaseMs,
      name: 'overage',
      work: () => this.#releaseNext(),
      topics: [TOPICS.overage],
      pace: { leastMs: LEAST_MS },
    });
  }

  async #releaseNext(): Promise<Next> {
    const [cap] = await this.dataSource.query<{ project_id: string; corrected: boolean }[]>(NEXT);
    if (!cap) return false;
    if (cap.corrected) return { inMs: LEAST_MS };
    await inTransaction(this.dataSource, em => this.#release(em, cap.project_id));
    return true;
  }

  /** Lines first, then the cap: every part of the app locks in this order. */
  async #release(em: Transaction, projectId: string): Promise<void> {
    const rows = await em.query<{ id: string }[]>(`select id ${WAITING} order by work_date, id limit $2`, [projectId, AT_ONCE]);
    const ids = rows.map(({ id }) => id);
    await this.lines.change(em, ids, book => this.#give(em, projectId, ids, book), { driven: true });
  }

  async #give(em: Transaction, projectId: string, ids: string[], book: LineBook): Promise<void> {
    const room = (await this.reference.lockCaps(em, [projectId])).get(projectId)!;
    await em.query('update billing.cap set freed = false where project_id = $1', [projectId]);
    const waiting = ids.map(id => book.get(id)!).filter(waits);
    // A line with a posting in flight gets no headroom, and neither do younger lines. When its
    // outcome is recorded, the cap is looked at again.
    const busy = waiting.findIndex(line => line.postings.some(onItsWay));
    const overages = busy < 0 ? waiting : waiting.slice(0, busy);
    const dates = new PostingDates(() => this.reference.periods(em), this.config.closedPeriod);
    const given = room.limit
      ? releaseOverage({ limit: room.limit, consumed: money(room.consumed, room.limit.currency) }, overages.map(asking)).splits
      : overages.map(asking).map(({ lineId, minutes, amount }) => ({ lineId, within: { minutes, amount }, over: null }));
    for (const { lineId, within, over } of given) {
      if (!within) continue;
      const line = book.get(lineId)!;
      const parts = line.postings.filter(part => part.version === line.version && part.reverses === null && !isCost(part));
      const { transaction } = line.priced!;
      // The month may have closed while the line waited.
      const postingDate = await dates.of(transaction, transaction.workDate);
      const before = money(new Decimal(transaction.amount.amount).minus(line.overage!.amount), transaction.amount.currency);
      book.moved(line, posting(line, within.amount, within.minutes, parts.length, postingDate), 'whole');
      explained(book, line, explainRelease(room.limit, { within, over }, before));
      if (postingDate !== transaction.postingDate)
        for (const told of explainPostingDate({ ...transaction, postingDate })) explained(book, line, told);
      line.overage = over ? { minutes: over.minutes, amount: over.amount.amount } : null;
    }
    const last = given.find(({ over }) => over !== null)?.lineId ?? waiting[busy]?.id ?? null;
    await this.reference.moveCaps(em, book.cappedChange());
    const others = await em.query<object[]>(OTHERS, [projectId, ids, last]);
    if (others.length > 0) await this.reference.freeCaps(em, [projectId]);
  }
}

const waits = (line: Line): boolean => waitsForRoom(line) && line.approved && line.assessment === 'priced';

const asking = (line: Line) =>
  capLine(line, line.overage!.minutes, money(new Decimal(line.overage!.amount), line.priced!.transaction.amount.currency));
