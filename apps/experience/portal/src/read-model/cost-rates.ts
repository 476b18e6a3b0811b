import { Injectable } from '@nestjs/common';
import type { Worker } from '#canonical';
import { JobLoop, LoopProvider } from '#jobs';
import { Database, signalsOf } from '#persistence';
import { runInContext } from '#service';
import { Hcm } from '../clients.js';
import { PortalConfig } from '../portal.config.js';
import { COST_RATES } from './workers.projection.js';

// Ids travel in the query; this many fit into any server's limit.
const PAGE = 100;
const LONGEST_PAUSE_MS = 60_000;

/**
 * Keeps worker costs in a guarded table of the portal. Events carry no pay, so that no log,
 * subscriber or journal contains any, and a portal query must call no other system. So a worker's
 * event only marks the rate as due, and this class reads it from HCM's API with the portal's own
 * client, which holds the field right. The table has its own row security: a viewer without the
 * right gets no row of it, whatever the query (libs/persistence/src/access). No row is logged.
 *
 * No event reports a change of pay alone, and a rate that was entered last month may start today.
 * So a rate that was read longer ago than a setting allows, or on another day, is due again without
 * a mark.
 */
@Injectable()
export class CostRates extends LoopProvider {
  protected readonly loop: JobLoop;

  constructor(
    private readonly dataSource: Database,
    private readonly hcm: Hcm,
    private readonly config: PortalConfig,
  ) {
    super();
    const { costRateEveryMs: everyMs, costRateMaxAgeMs } = config;
    this.loop = new JobLoop({
      part: 'portal',
      name: 'cost rates',
      work: async () => {
        // The portal's own work, for nobody in particular: not on behalf of the request that
        // started the timer.
        await runInContext({ principal: undefined }, () => this.readDue());
        return false;
      },
      topics: [COST_RATES],
      signals: () => signalsOf(this.dataSource),
      // Rates that no mark makes due become due by age.
      pace: { leastMs: everyMs, firstMs: everyMs, mostMs: Math.max(everyMs, costRateMaxAgeMs / 4) },
      longestRetryMs: LONGEST_PAUSE_MS,
    });
  }

  /** Reads the due rates; returns how many workers were read. */
  async readDue(): Promise<number> {
    const due = await this.#due();
    if (due.length === 0) return 0;
    const [{ now }] = await this.dataSource.query<[{ now: Date }]>('select now()');
    for (let from = 0; from < due.length; from += PAGE) {
      const ids = due.slice(from, from + PAGE);
      await this.#keep(ids, await this.hcm.workers(ids), now);
    }
    return due.length;
  }

  async #due(): Promise<string[]> {
    const rows = await this.dataSource.query<{ id: string }[]>(
      `select w.id from portal.worker w left join portal.worker_cost_rate_due d on d.worker_id = w.id
       left join portal.worker_cost_rate r on r.worker_id = w.id
       where not w.gone and (d.worker_id is not null or r.as_of < (now() at time zone 'UTC')::date or r.read_at < now() - $1 * interval '1 ms')
       order by w.id`,
      [this.config.costRateMaxAgeMs],
    );
    return rows.map(({ id }) => id);
  }

  /**
   * A mark made after `startedAt` stays, because its event may be newer than the rate that was
   * read.
   */
  async #keep(ids: string[], workers: Worker[], startedAt: Date): Promise<void> {
    const rates = workers.flatMap(({ id, costRate }) => (costRate ? [{ id, ...costRate }] : []));
    await this.dataSource.transaction(async em => {
      await em.query('delete from portal.worker_cost_rate where worker_id = any($1) and worker_id <> all($2)', [ids, rates.map(({ id }) => id)]);
      await em.query(
        `insert into portal.worker_cost_rate(worker_id, amount, currency, as_of, read_at)
         select id, amount, currency, (now() at time zone 'UTC')::date, now() from jsonb_to_recordset($1::jsonb) as r(id text, amount numeric, currency text)
         on conflict (worker_id) do update set amount = excluded.amount, currency = excluded.currency, as_of = excluded.as_of, read_at = excluded.read_at`,
        [JSON.stringify(rates)],
      );
      await em.query('delete from portal.worker_cost_rate_due where worker_id = any($1) and since <= $2', [ids, startedAt]);
    });
  }
}
