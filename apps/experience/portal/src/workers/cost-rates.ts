import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Problem, type Worker } from '#canonical';
import { log, runInContext } from '#service';
import { Hcm } from '../clients.js';
import { PortalConfig } from '../portal.config.js';

const PAGE = 200;
// From so many on it is cheaper to read everybody, page by page, than each one.
const ALL_FROM = 25;
const LONGEST_PAUSE_MS = 60_000;

/**
 * Keeps what workers cost in a guarded table of the portal's own. Events carry no pay, so that no log, no subscriber and no journal
 * holds any; and a portal query must call no other system. So a worker's event only marks the rate as due, and this reads it from
 * HCM's API with the portal's own client, which holds the field right. The table is under row security of its own: a query of a
 * viewer without the right gets no row of it, whatever the query says (read-model/row-security.ts). Nobody's row is logged.
 *
 * A rate is as of a day: at the turn of the day all are due again, since a rate that starts today changed nothing yesterday.
 */
@Injectable()
export class CostRates implements OnApplicationBootstrap, OnModuleDestroy {
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();
  #stopped = false;
  #failures = 0;

  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(Hcm) private readonly hcm: Hcm,
    @Inject(PortalConfig) private readonly config: PortalConfig,
  ) {}

  onApplicationBootstrap(): void {
    this.#schedule(this.config.costRateEveryMs);
  }

  async onModuleDestroy(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  /** Reads what is due now; answers how many rates were read. */
  async readDue(): Promise<number> {
    const due = await this.#due();
    if (due.length === 0) return 0;
    const [{ now }] = await this.dataSource.query<[{ now: Date }]>('select now()');
    return due.length < ALL_FROM ? this.#readEach(due, now) : this.#readAll(now);
  }

  #schedule(inMs: number): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => {
      this.#running = this.#tick();
    }, inMs).unref();
  }

  async #tick(): Promise<void> {
    try {
      // Its own affair, of nobody in particular: not on behalf of whoever's request started a timer.
      await runInContext({ principal: undefined }, () => this.readDue());
      this.#failures = 0;
    } catch (error) {
      this.#failures++;
      log.warn({ err: error, failures: this.#failures }, 'cost rates could not be read and stay due');
    }
    this.#schedule(Math.min(LONGEST_PAUSE_MS, this.config.costRateEveryMs * 2 ** Math.min(this.#failures, 10)));
  }

  /** Workers marked by an event, and those whose rate was read on another day. */
  async #due(): Promise<string[]> {
    const rows = await this.dataSource.query<{ id: string }[]>(
      `select w.id from portal.worker w left join portal.worker_cost_rate_due d on d.worker_id = w.id
       left join portal.worker_cost_rate r on r.worker_id = w.id
       where not w.gone and (d.worker_id is not null or r.as_of < (now() at time zone 'UTC')::date)`,
    );
    return rows.map(({ id }) => id);
  }

  async #readEach(due: string[], startedAt: Date): Promise<number> {
    const workers: Worker[] = [];
    const absent: string[] = [];
    for (const id of due) {
      try {
        workers.push(await this.hcm.worker(id));
      } catch (error) {
        if (!(error instanceof Problem) || error.kind !== 'not-found') throw error;
        absent.push(id);
      }
    }
    await this.#keep(workers, absent, startedAt);
    return workers.length;
  }

  async #readAll(startedAt: Date): Promise<number> {
    let count = 0;
    for (let cursor: string | null = null; ; ) {
      const page: { items: Worker[]; nextCursor: string | null } = await this.hcm.workers(cursor, PAGE);
      await this.#keep(page.items, [], startedAt);
      count += page.items.length;
      cursor = page.nextCursor;
      if (cursor === null) break;
    }
    return count;
  }

  /** A mark that was made after `startedAt` stays: its event may be of something newer than what was read. */
  async #keep(workers: Worker[], absent: string[], startedAt: Date): Promise<void> {
    const rates = workers.flatMap(({ id, costRate }) => (costRate ? [{ id, ...costRate }] : []));
    const ids = [...workers.map(({ id }) => id), ...absent];
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
