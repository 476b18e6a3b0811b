import type { Principal } from '#auth';
import { Problem } from '#canonical';
import { type Database, type QueryRunner, withFullView, withView } from '#persistence';

const STATEMENT_TIMEOUT_MS = 10_000;
/** Many times the number that the fullest screen needs. */
const STATEMENTS_AT_MOST = 200;
const CANCELLED = '57014';

/**
 * Reads for one GraphQL request, in one transaction: the whole answer, counts included, is of the
 * same moment. The transaction runs as a role that owns nothing and states the viewer's legal
 * entities and field rights. So Postgres itself leaves out the rows that the viewer may not see,
 * even if a query forgot to. The first statement opens it; `close` ends it. When nobody waits for
 * the request any more, its statement is cancelled and no other follows.
 */
export class Reader {
  statements = 0;
  #left = STATEMENTS_AT_MOST;
  #runner: Promise<QueryRunner> | undefined;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly dataSource: Database,
    private readonly viewer: Principal,
  ) {}

  /**
   * The rows of one statement. A request's statements run one after the other on its one
   * connection.
   */
  query<T>(sql: string, params: unknown[] = []): Promise<T[]> {
    return this.#run(sql, params, work => withView(this.viewer, work));
  }

  /**
   * The same for marks of how far everything was read. They contain no business data, so they are
   * computed over all rows.
   */
  marks<T>(sql: string, params: unknown[] = []): Promise<T[]> {
    return this.#run(sql, params, work => withFullView('how far the log was read is of all rows', work));
  }

  #run<T>(sql: string, params: unknown[], under: (work: () => Promise<T[]>) => Promise<T[]>): Promise<T[]> {
    const answer = this.#queue.then(async () => {
      if (this.#left-- <= 0) throw tooMany();
      this.#runner ??= this.#open();
      const runner = await this.#runner;
      this.statements++;
      return under(() => runner.query(sql, params) as Promise<T[]>);
    });
    this.#queue = answer.catch(() => undefined);
    return answer.catch((error: unknown) => {
      throw isCancelled(error) ? tooSlow(error) : error;
    });
  }

  /** Ends the transaction. The next statement opens another, which sees later commits. */
  async close(): Promise<void> {
    await this.#queue;
    const runner = this.#runner;
    this.#runner = undefined;
    this.#left = STATEMENTS_AT_MOST;
    if (!runner) return;
    const opened = await runner.catch(() => undefined);
    if (!opened) return;
    // The transaction is read-only, so rollback and commit do the same; rollback also works after
    // an error.
    const end = (): Promise<unknown> => opened.query('rollback');
    // A late cancel can hit the first of these, but never the second.
    await end()
      .catch(end)
      .finally(() => opened.release());
  }

  async #open(): Promise<QueryRunner> {
    const runner = this.dataSource.createQueryRunner();
    try {
      await runner.query(`begin isolation level repeatable read read only; set local statement_timeout = ${STATEMENT_TIMEOUT_MS}`);
      return runner;
    } catch (error) {
      // the connection itself may have failed; the first error is thrown
      await runner.query('rollback').catch(() => undefined);
      await runner.release();
      throw error;
    }
  }
}

const tooMany = (): Problem =>
  new Problem('invalid', `This query needs more than ${STATEMENTS_AT_MOST} statements; ask for fewer lists at once.`, {
    code: 'too-many-statements',
  });

const tooSlow = (cause: unknown): Problem =>
  new Problem('vendor-unavailable', `A part of this query took longer than ${STATEMENT_TIMEOUT_MS} ms; narrow its filters.`, {
    code: 'deadline-passed',
    cause,
  });

const isCancelled = (error: unknown): boolean => (error as { driverError?: { code?: string } } | null)?.driverError?.code === CANCELLED;
