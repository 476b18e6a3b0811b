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
/** Two looks are this far apart: lines that are told together make one event. */
const LEAST_MS = 500;
const STAYS_MS = 1_000;
/** While batches are on their way: most of what waits then is soon told of where it rests. */
const STAYS_IN_FLOW_MS = 10_000;

const STAYS = `case when exists (select 1 from billing.batch where state = 'open') then $1::int else $2::int end * interval '1 ms'`;

const NEAREST = `select extract(epoch from min(since) + ${STAYS} - clock_timestamp()) * 1000 ms from billing.line where not told`;

/**
 * Tells of lines that stay in a state that is only passed through when all goes well: still to be checked, still to be posted, an older
 * version still to be taken out. When all does go well a line is told once, where it rests.
 */
@Injectable()
export class Teller extends LoopProvider {
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
      work: () => this.#some(),
      topics: [TOPICS.tell],
      pace: { leastMs: LEAST_MS },
    });
  }

  async #some(): Promise<Next> {
    const [{ ms }] = await this.dataSource.query<[{ ms: string | null }]>(NEAREST, [STAYS_IN_FLOW_MS, STAYS_MS]);
    // A batch that ends meanwhile makes what waits due sooner.
    if (ms === null || Number(ms) > 0) return ms === null ? false : { inMs: Math.min(STAYS_MS, Number(ms)) };
    return (await inTransaction(this.dataSource, em => this.#tell(em))) || { inMs: LEAST_MS };
  }

  async #tell(em: Transaction): Promise<boolean> {
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
