/** A row of Kantata: string id, the fields asked for. Read loosely, as its users' own scripts do. */
export type KantataRecord = Record<string, unknown> & { id: string };

interface Envelope {
  count: number;
  results: { key: string; id: string }[];
  [plural: string]: unknown;
}

/** Bulk calls take a hundred rows, pages two hundred. */
const AT_ONCE = 100;
const PAGE = 200;

/** Kantata's REST interface as the scripts of its own people use it: it knows nothing of us. */
export class KantataClient {
  readonly #root: string;
  readonly #headers: Record<string, string>;

  constructor({ baseUrl, accessToken }: { baseUrl: string; accessToken: string }) {
    this.#root = `${baseUrl}/api/v1`;
    this.#headers = { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' };
  }

  /** All rows of a list, page by page. */
  async all(plural: string, query: Record<string, string> = {}): Promise<KantataRecord[]> {
    const rows: KantataRecord[] = [];
    for (let page = 1; ; page++) {
      const search = new URLSearchParams({ ...query, page: String(page), per_page: String(PAGE) });
      const envelope = (await this.send('GET', `/${plural}?${search.toString()}`)) as Envelope;
      rows.push(...recordsOf(envelope, plural));
      if (rows.length >= envelope.count || envelope.results.length === 0) return rows;
    }
  }

  async create(plural: string, singular: string, fields: object): Promise<KantataRecord> {
    return recordsOf((await this.send('POST', `/${plural}`, { [singular]: fields })) as Envelope, plural)[0];
  }

  /** By the hundred, in the order given. */
  async createAll(plural: string, rows: object[]): Promise<KantataRecord[]> {
    const made: KantataRecord[] = [];
    for (const part of chunksOf(rows, AT_ONCE))
      made.push(...recordsOf((await this.send('POST', `/${plural}`, { [plural]: part })) as Envelope, plural));
    return made;
  }

  async change(plural: string, singular: string, id: string, fields: object): Promise<void> {
    await this.send('PUT', `/${plural}/${id}`, { [singular]: fields });
  }

  async remove(plural: string, ids: string[]): Promise<void> {
    for (const part of chunksOf(ids, AT_ONCE)) await this.send('DELETE', `/${plural}?ids=${part.join(',')}`);
  }

  /** `approve`, `reject` or `cancel` one submission of time or expenses. */
  async resolve(plural: string, id: string, how: 'approve' | 'reject' | 'cancel', description = ''): Promise<void> {
    await this.send('PUT', `/${plural}/${id}/${how}`, { resolution: { description } });
  }

  async send(method: string, path: string, body?: object): Promise<unknown> {
    const answer = await fetch(this.#root + path, { method, headers: this.#headers, ...(body ? { body: JSON.stringify(body) } : {}) });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text.slice(0, 500)}`);
    return text === '' ? undefined : JSON.parse(text);
  }
}

const recordsOf = (envelope: Envelope, plural: string): KantataRecord[] =>
  envelope.results.filter(({ key }) => key === plural).map(({ id }) => (envelope[plural] as Record<string, KantataRecord>)[id]);

export function chunksOf<T>(items: T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, n) => items.slice(n * size, (n + 1) * size));
}
