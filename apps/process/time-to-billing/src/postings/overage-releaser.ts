import { Injectable } from '@nestjs/common';
import { Decimal } from 'decimal.js';
import { money } from '#canonical';
import { EventPublisher } from '#events';
import { ExceptionDesk } from '#exceptions';
import { type JobLoop, LoopProvider, type Next } from '#jobs';
import { Database, inTransaction, type Transaction } from '#persistence';
import { explainRelease, releaseOverage } from '../caps/not-to-exceed.rules.js';
import { capLine, explained, posting } from '../lines/advance.js';
import { explainPostingDate } from '../lines/assess.rules.js';
import { isCost } from '../lines/billable-transaction.rules.js';
import type { Line } from '../lines/line.js';
import { LineBook } from '../lines/line-book.js';
import { onItsWay } from '../lines/line-state.rules.js';
import { PostingDates } from '../periods/posting-dates.js';
import { pump } from '../pumps/pump.js';
import { Turns } from '../pumps/turns.js';
import { TOPICS } from '../pumps/topics.js';
import { ReferenceStore } from '../reference/reference.store.js';
import { TimeToBillingConfig } from '../time-to-billing.config.js';

const AT_ONCE = 200;
const LEAST_MS = 400;

// A correction comes first to the room that its older version leaves, so while one is under way nothing is released.
const NEXT = `
  select project_id, exists (
    select 1 from billing.line l where l.project_id = c.project_id and l.version > 1 and l.state in ('received', 'correcting')) corrected
  from billing.cap c where freed order by corrected, project_id limit 1`;

/** Room that came free under a project's cap goes to its oldest overage. What was given to a line before is never taken from it for that. */
@Injectable()
export class OverageReleaser extends LoopProvider {
  protected readonly loop: JobLoop;

  constructor(
    private readonly dataSource: Database,
    private readonly reference: ReferenceStore,
    private readonly events: EventPublisher,
    private readonly desk: ExceptionDesk,
    private readonly turns: Turns,
    private readonly config: TimeToBillingConfig,
  ) {
    super();
    this.loop = pump({ dataSource, name: 'overage', work: () => this.#next(), topics: [TOPICS.overage], pace: { leastMs: LEAST_MS } });
  }

  async #next(): Promise<Next> {
    const otherwise = await this.turns.otherwise('overage');
    if (otherwise) return otherwise;
    const [cap] = await this.dataSource.query<{ project_id: string; corrected: boolean }[]>(NEXT);
    if (!cap) return false;
    if (cap.corrected) return { inMs: LEAST_MS };
    await inTransaction(this.dataSource, em => this.#release(em, cap.project_id));
    return true;
  }

  /** Lines first, then the cap: in that order everybody locks them. */
  async #release(em: Transaction, projectId: string): Promise<void> {
    const rows = await em.query<{ id: string }[]>(
      `select id from billing.line where project_id = $1 and overage_amount > 0 order by work_date, id limit $2`,
      [projectId, AT_ONCE],
    );
    const book = await LineBook.open(
      em,
      rows.map(row => row.id),
    );
    const room = (await this.reference.lockCaps(em, [projectId])).get(projectId)!;
    await em.query('update billing.cap set freed = false where project_id = $1', [projectId]);
    // A line of which something is on its way keeps its overage until that has settled, which frees the cap to be looked at again.
    const overages = rows.map(({ id }) => book.get(id)!).filter(waits);
    const dates = new PostingDates(() => this.reference.periods(em), this.config.closedPeriod);
    const given = room.limit
      ? releaseOverage({ limit: room.limit, consumed: money(room.consumed, room.limit.currency) }, overages.map(asking)).splits
      : overages.map(asking).map(({ lineId, minutes, amount }) => ({ lineId, within: { minutes, amount }, over: null }));
    for (const { lineId, within, over } of given) {
      if (!within) continue;
      const line = book.get(lineId)!;
      const parts = line.postings.filter(part => part.version === line.version && part.reverses === null && !isCost(part));
      const { transaction } = line.priced!;
      // Its month may have closed while it waited.
      const postingDate = await dates.of(transaction, transaction.workDate);
      const before = money(new Decimal(transaction.amount.amount).minus(line.overage!.amount), transaction.amount.currency);
      book.moved(line, posting(line, within.amount, within.minutes, parts.length, postingDate), 'whole');
      explained(book, line, explainRelease(room.limit, { within, over }, before));
      if (postingDate !== transaction.postingDate)
        for (const told of explainPostingDate({ ...transaction, postingDate })) explained(book, line, told);
      line.overage = over ? { minutes: over.minutes, amount: over.amount.amount } : null;
    }
    const again = overages.length < rows.length && given.every(({ over }) => over === null);
    await this.reference.moveCaps(em, book.cappedChange());
    await book.close(this.events, this.desk);
    if (again) await em.query('update billing.cap set freed = true where project_id = $1', [projectId]);
  }
}

const waits = (line: Line): boolean => line.overage !== null && line.approved && line.assessment === 'priced' && !line.postings.some(onItsWay);

const asking = (line: Line) =>
  capLine(line, line.overage!.minutes, money(new Decimal(line.overage!.amount), line.priced!.transaction.amount.currency));
