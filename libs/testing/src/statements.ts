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
