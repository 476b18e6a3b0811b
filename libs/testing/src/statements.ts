import type { DataSource } from 'typeorm';

/** Counts the statements that go through a data source from now on. */
export function countStatements(dataSource: DataSource): { readonly texts: string[] } {
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

/** How many transactions the whole database has had while `work` ran, whoever made them. */
export async function transactionsDuring(dataSource: DataSource, work: () => Promise<void>): Promise<number> {
  const count = async () => {
    await dataSource.query('select pg_stat_clear_snapshot()');
    const [{ n }] = await dataSource.query<[{ n: string }]>(
      'select xact_commit + xact_rollback n from pg_stat_database where datname = current_database()',
    );
    return Number(n);
  };
  const before = await count();
  await work();
  return (await count()) - before;
}
