import { Injectable } from '@nestjs/common';
import { EventPublisher } from '#events';
import { type JobLoop, LoopProvider, type Next } from '#jobs';
import { Database, inTransaction, type Transaction } from '#persistence';
import { jobLoop } from '../jobs/job-loop.js';
import { TOPICS } from '../jobs/topics.js';
import { TimeToBillingConfig } from '../time-to-billing.config.js';
import { linesChanged } from './line-announcement.js';
import { readLines } from './read-lines.js';

const AT_ONCE = 500;
/** The least time between two looks: lines that are announced together make one event. */
const LEAST_MS = 500;
const STAYS_MS = 1_000;
/**
 * While batches are in flight most waiting lines soon reach a lasting state and are announced
 * there.
 */
const STAYS_IN_FLOW_MS = 10_000;

const STAYS = `case when exists (select 1 from billing.batch where state = 'open') then $1::int else $2::int end * interval '1 ms'`;

const NEAREST = `select extract(epoch from min(since) + ${STAYS} - clock_timestamp()) * 1000 ms from billing.line where not told`;

/**
 * Announces lines that stay in a state which they normally pass through: still to be assessed,
 * still to be posted, or an older version still to be removed. A line that nothing holds up is
 * announced once, in its lasting state.
 */
@Injectable()
export class LineAnnouncer extends LoopProvider {
  protected readonly loop: JobLoop;

  constructor(
    private readonly dataSource: Database,
    private readonly events: EventPublisher,
    config: TimeToBillingConfig,
  ) {
    super();
    this.loop = jobLoop({
      dataSource,
      leaseMs: config.leaseMs,
      name: 'teller',
      work: () => this.#announceDue(),
      topics: [TOPICS.announce],
      pace: { leastMs: LEAST_MS },
    });
  }

  async #announceDue(): Promise<Next> {
    const [{ ms }] = await this.dataSource.query<[{ ms: string | null }]>(NEAREST, [STAYS_IN_FLOW_MS, STAYS_MS]);
    // A batch that ends meanwhile makes the waiting lines due sooner.
    if (ms === null || Number(ms) > 0) return ms === null ? false : { inMs: Math.min(STAYS_MS, Number(ms)) };
    return (await inTransaction(this.dataSource, em => this.#announce(em))) || { inMs: LEAST_MS };
  }

  async #announce(em: Transaction): Promise<boolean> {
    const rows = await em.query<{ id: string }[]>(
      `select id from billing.line
       where not told and since < clock_timestamp() - ${STAYS}
       order by since limit $3 for update skip locked`,
      [STAYS_IN_FLOW_MS, STAYS_MS, AT_ONCE],
    );
    if (rows.length === 0) return false;
    const ids = rows.map(({ id }) => id);
    await em.query('update billing.line set told = true where id = any($1)', [ids]);
    await this.events.publish(em, [linesChanged(await readLines(em, ids))]);
    return rows.length === AT_ONCE;
  }
}
