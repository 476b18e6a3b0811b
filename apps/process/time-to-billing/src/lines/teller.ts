import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { EventLog } from '#events';
import { inTransaction } from '#persistence';
import { Pump } from '../pumps/pump.js';
import { Turns } from '../pumps/turns.js';
import { readLines, linesChanged } from './line-book.js';

const AT_ONCE = 500;
const IDLE_MS = 500;
const STAYS_MS = 1_000;
/** While batches are on their way: most of what waits then is soon told of where it rests. */
const STAYS_IN_FLOW_MS = 10_000;

/**
 * Tells of lines that stay in a state that is only passed through when all goes well: still to be checked, still to be posted, an older
 * version still to be taken out. When all does go well a line is told once, where it rests.
 */
@Injectable()
export class Teller implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #pump = new Pump('teller', () => this.#some(), IDLE_MS);

  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(EventLog) private readonly events: EventLog,
    @Inject(Turns) private readonly turns: Turns,
  ) {}

  onApplicationBootstrap(): void {
    this.#pump.start();
  }

  async onModuleDestroy(): Promise<void> {
    await this.#pump.stop();
  }

  async #some(): Promise<boolean> {
    if (!(await this.turns.mine('teller'))) return false;
    return inTransaction(this.dataSource, em => this.#tell(em));
  }

  async #tell(em: EntityManager): Promise<boolean> {
    const rows = await em.query<{ id: string }[]>(
      `select id from billing.line
       where not told and since < clock_timestamp() - case when exists (select 1 from billing.batch where state = 'open') then $1::int else $2::int end * interval '1 ms'
       order by since limit $3 for update skip locked`,
      [STAYS_IN_FLOW_MS, STAYS_MS, AT_ONCE],
    );
    if (rows.length === 0) return false;
    const ids = rows.map(({ id }) => id);
    await em.query('update billing.line set told = true where id = any($1)', [ids]);
    await this.events.append(em, [linesChanged(await readLines(em, ids), new Date().toISOString())]);
    return rows.length === AT_ONCE;
  }
}
