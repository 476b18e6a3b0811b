import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '#persistence';

const MOST_WINDOWS = 5;

/** Counts the statements that pass through a data source from now on. */
export function countStatements(dataSource: Database): { readonly texts: string[] } {
  const texts: string[] = [];
  const create = dataSource.createQueryRunner.bind(dataSource);
  dataSource.createQueryRunner = mode => {
    const runner = create(mode);
    const query = runner.query.bind(runner);
    runner.query = ((text: string, ...rest: []) => {
      texts.push(text);
      return query(text, ...rest);
    }) as typeof runner.query;
    return runner;
  };
  return { texts };
}

/**
 * How many transactions the whole database runs in `windowMs` without work to do, from any client.
 * Another database of the server may hold a transaction open, which makes readers of the event log
 * look more often. So this returns the first of a few windows with less than `below`, or the last.
 */
export async function transactionsAtRest(dataSource: Database, windowMs: number, below: number): Promise<number> {
  const count = async () => {
    await dataSource.query('select pg_stat_clear_snapshot()');
    const [{ n }] = await dataSource.query<[{ n: string }]>(
      'select xact_commit + xact_rollback n from pg_stat_database where datname = current_database()',
    );
    return Number(n);
  };
  for (let window = 1; ; window++) {
    const before = await count();
    await sleep(windowMs);
    const transactions = (await count()) - before;
    if (transactions < below || window === MOST_WINDOWS) return transactions;
  }
}
