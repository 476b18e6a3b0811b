import { type ExternalRef, Problem } from '#canonical';
import { type FeedPage, Readable, rowName, type SweepPage } from '#capture';
import {
  apiKey,
  type CodeRow,
  type CodeTable,
  Connector,
  type NumberedPage,
  numberedPages,
  pagesByChange,
  type VendorAnswer,
  type VendorCall,
} from '#connector';
import { LONGEST_WAIT_MS, Setting, type VendorConnection } from '#service';

/** Where the account is, and the key that opens it. */
export class MadeUpConfig {
  @Setting({ env: 'MADE_UP_BASE_URL', description: 'Where the API is reached.' })
  baseUrl: string;

  @Setting({ env: 'MADE_UP_KEY', secret: true, description: 'The key of the user that Throughline acts as.' })
  key: string;

  @Setting({ env: 'MADE_UP_ACCOUNT', description: "The account's id." })
  account: string;

  @Setting({ env: 'MADE_UP_TIMEOUT_MS', default: 10_000, within: [50, LONGEST_WAIT_MS], description: 'How long a call may take, in ms.' })
  timeoutMs: number;

  @Setting({
    env: 'MADE_UP_SETTLING_MS',
    default: 15_000,
    within: [0, LONGEST_WAIT_MS],
    description: 'How long an update may still be carried out after its answer was lost, in ms.',
  })
  settlingMs: number;
}

/** It names a code for everything that it refuses itself. */
export const MADE_UP_ROWS: readonly CodeRow[] = [
  { code: 'bad_key', is: 'held', as: { code: 'credentials-refused' }, source: "vendor's documentation" },
  { code: 'slow_down', is: 'throttled', source: "vendor's documentation" },
  { code: 'duplicate_key', is: 'done-already', source: "vendor's documentation" },
  { code: 'not_found', is: 'refused', as: { kind: 'not-found' }, source: "vendor's documentation" },
];

export const madeUpCodes: CodeTable = {
  name: 'Made-up PSA',
  rows: MADE_UP_ROWS,
  read: answer => answer.json<{ error?: { code: string; message: string; record?: string } }>().error,
};

export interface Page<T> {
  rows: T[];
  /** Up to when it surely shows every change, in ms. */
  asOf?: number;
}

/** How rows of a list are read: what each is called, and what it says. */
export interface Reading<R, T> {
  idOf(row: R): string | undefined;
  of(row: R): T;
}

type Query = NonNullable<VendorCall['query']> & Record<string, string | number | undefined>;

const NAME = 'The made-up PSA';
const A_PAGE = 100;
const offsetOf = (number: number): number => (number - 1) * A_PAGE;

/** How it is called: a key in a header of its own, lists by offset, one record a write. */
export class MadeUpApi {
  readonly account: string;
  readonly connector: Connector;

  constructor({ config: { account, baseUrl, key, timeoutMs }, dataSource, metrics }: VendorConnection<MadeUpConfig>) {
    this.account = account;
    this.connector = new Connector({
      vendor: 'made-up',
      account,
      baseUrl,
      auth: apiKey('x-made-up-key', key),
      concurrency: 5,
      timeoutMs,
      dataSource,
      metrics,
      codes: madeUpCodes,
    });
  }

  ref(type: string, nativeId: string): ExternalRef {
    return { system: 'made-up', account: this.account, type, nativeId };
  }

  async read(operation: string, path: string, query: Query = {}): Promise<VendorAnswer> {
    return this.connector.send({ operation, kind: 'read', method: 'GET', path, query });
  }

  /** Answers the record's id. */
  async write(operation: string, method: 'POST' | 'PATCH', path: string, body: object): Promise<string> {
    const answer = await this.connector.send({ operation, kind: 'write', method, path, body });
    try {
      return answer.json<{ id: string }>().id;
    } catch (cause) {
      throw new Problem('vendor-unavailable', "the made-up PSA's answer to a write can't be read", { code: 'outcome-unknown', cause });
    }
  }

  /** Page by page, in the order the records were made in. */
  all<T>(operation: string, path: string, query: Query = {}): AsyncGenerator<Page<T>> {
    return numberedPages({ vendor: NAME, perPage: A_PAGE, page: number => this.#page<T>(operation, path, { ...query, offset: offsetOf(number) }) });
  }

  /** What changed since an instant, oldest change first. */
  changed<T extends { updated: string }>(operation: string, path: string, since: string): AsyncGenerator<Page<T>> {
    const page = async (from: string, number: number) => {
      const read = await this.#page<T>(operation, path, { since: from, offset: offsetOf(number) });
      return { ...read, last: read.rows.at(-1)?.updated };
    };
    return pagesByChange({ vendor: NAME, perPage: A_PAGE, since, page });
  }

  /** Rows as they are read, each that can't be by itself. */
  async readable<R extends { id?: string }, T>({ rows }: Page<R>, { idOf, of }: Reading<R, T>): Promise<Required<SweepPage<T>>> {
    const page = new Readable<T>();
    for (const [at, row] of rows.entries()) await page.take({ id: idOf(row), nativeId: row.id ?? rowName(at) }, () => [of(row)]);
    return page;
  }

  /** As a feed has them. The cursor moves once all of it was read, to when it began. */
  async *feed<R extends { id?: string }, T>(
    pages: AsyncIterable<Page<R>>,
    since: string | null,
    reading: Reading<R, T>,
  ): AsyncGenerator<FeedPage<T>> {
    let cursor: string | undefined;
    for await (const page of pages) {
      cursor ??= page.asOf === undefined ? undefined : new Date(page.asOf).toISOString();
      yield { ...(await this.readable(page, reading)), cursor: null };
    }
    yield { items: [], cursor: cursor ?? since };
  }

  async #page<T>(operation: string, path: string, query: Query): Promise<Page<T> & NumberedPage> {
    const answer = await this.read(operation, path, query);
    const { items, total } = answer.json<{ items?: T[]; total?: number }>();
    if (!Array.isArray(items))
      throw new Problem('vendor-unavailable', `the made-up PSA answered ${operation} with no list`, { code: 'malformed-answer' });
    return { rows: items, shown: items.length, count: Number(total), asOf: answer.asOf };
  }
}
