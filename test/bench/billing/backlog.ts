import { randomUUID } from 'node:crypto';
import { dataSourceFor } from '#persistence';
import { loadConfig } from '#service';
import { PostingStore } from '../../../apps/process/time-to-billing/src/postings/posting.store.js';
import { TimeToBillingConfig } from '../../../apps/process/time-to-billing/src/time-to-billing.config.js';
import type { BenchHouse } from './bench-house.js';

const CLAIMS = 40;
const LINES = 100;

/** How long a claim takes, in ms, p50 and longest, in front of so many waiting lines. The platform stands still meanwhile. */
export async function claimsBehind(house: BenchHouse, waiting: number): Promise<{ waiting: number; p50: number; longest: number }> {
  await wait(house, waiting);
  const dataSource = await dataSourceFor({ name: 'bench', migrations: [], poolSize: 2 }, house.databaseUrl).initialize();
  const store = new PostingStore(dataSource, loadConfig(TimeToBillingConfig, {}));
  const took: number[] = [];
  for (let n = 0; n < CLAIMS; n++) {
    const startedAt = performance.now();
    const next = await store.next(LINES);
    const batch = next && (await store.claim(randomUUID(), next, LINES));
    took.push(performance.now() - startedAt);
    if (batch?.lineIds.length !== LINES) throw new Error(`a claim took ${batch?.lineIds.length ?? 0} lines`);
  }
  await dataSource.destroy();
  took.sort((a, b) => a - b);
  return { waiting, p50: took[CLAIMS / 2], longest: took.at(-1)! };
}

/** Lines that are ready and go nowhere, so many in all: copies of one that was posted. */
async function wait(house: BenchHouse, count: number): Promise<void> {
  await house.sql(`update billing.batch set state = 'done' where state = 'open'`);
  await house.sql(`delete from billing.posting where line_id like 'tim_backlog%'`);
  await house.sql(`delete from billing.line where id like 'tim_backlog%'`);
  const columns = async (table: string, except: string[]) =>
    (
      await house.sql<{ name: string }>(
        `select column_name name from information_schema.columns where table_schema = 'billing' and table_name = $1 and is_identity = 'NO' and not (column_name = any($2))`,
        [table, except],
      )
    )
      .map(({ name }) => `"${name}"`)
      .join(', ');
  const line = await columns('line', ['id', 'state']);
  await house.sql(
    `insert into billing.line(id, state, ${line}) select 'tim_backlog' || g, 'ready', ${line}
     from (select * from billing.line where state = 'posted' limit 1) l, generate_series(1, ${count}) g`,
  );
  const posting = await columns('posting', ['external_id', 'line_id', 'state', 'batch', 'operation']);
  await house.sql(
    `insert into billing.posting(external_id, line_id, state, operation, ${posting}) select 'tl-tim_backlog' || g || '-v1', 'tim_backlog' || g, 'ready', 'post', ${posting}
     from (select * from billing.posting where state = 'posted' limit 1) p, generate_series(1, ${count}) g`,
  );
  await house.sql('analyze billing.posting');
}
