import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { money, type BillableKind, type BillableTransaction, type BillingBatch } from '#canonical';
import { bearer, type CodeTable, Connector, type Followed, type Submitted } from '#connector';
import type { Database } from '#persistence';
import { Metrics } from '#service';
import {
  Faults,
  Ledger,
  Store,
  type Table,
  type Vendor,
  type VendorAnswer,
  type VendorCall,
  type VendorRequest,
  VendorServer,
} from '../../../../sandbox/src/kit/index.js';
import type { Billing, BillingMeans } from '../vendors/port/billing.port.js';
import type { BillableTransactionInErp, LineRefusal } from './billable-transaction-in-erp.js';

type TinyLine = { id: string; externalId: string; minutes: number; amount: string; bad: boolean };
type Refused = Record<string, LineRefusal>;
type Entry = { id: string; lines: Omit<TinyLine, 'id'>[]; posted: boolean; asked: number; refused: Refused };

const NOT_THERE: LineRefusal = { code: 'unknown-project', detail: 'There is no such project.' };

/**
 * An ERP that accepts lines exactly as its means declare: it recognises no repeated request, and a
 * line only where lines have keys.
 */
class TinyErp implements Vendor {
  readonly name = 'tiny';
  readonly lines: Table<TinyLine>;
  /** Journals and files. */
  readonly entries: Table<Entry>;

  constructor(
    private readonly store: Store,
    private readonly ledger: Ledger,
    private readonly means: Pick<BillingMeans, 'repeats' | 'takes' | 'outcome'>,
  ) {
    this.lines = store.table<TinyLine>('line');
    this.entries = store.table<Entry>('entry');
  }

  classify({ method, path }: VendorRequest): VendorCall {
    return {
      kind: method === 'GET' ? 'read' : 'write',
      type: path.split('/')[1],
      operation: method === 'GET' ? 'get' : path.endsWith('/post') ? 'post' : 'create',
    };
  }

  handle(request: VendorRequest): VendorAnswer {
    return this.store.transaction(() => this.#handle(request));
  }

  throttled = (): VendorAnswer => ({ status: 429 });
  failed = (_: VendorRequest, status: number): VendorAnswer => ({ status });
  refused = (): VendorAnswer => ({ status: 422 });
  down = (): VendorAnswer => ({ status: 503 });

  #handle({ method, path, query, body }: VendorRequest): VendorAnswer {
    const [, resource, id, verb] = path.split('/');
    if (resource === 'lines' && method === 'GET') return { status: 200, body: this.#of((query.get('ids') ?? '').split(',')) };
    if (resource === 'lines' && method === 'DELETE') return { status: 200, body: this.#take(id) };
    if (resource === 'lines') return { status: 200, body: this.#submit(JSON.parse(body) as Entry['lines']) };
    const entry = this.entries.get(id)!;
    if (method === 'GET') {
      this.entries.put({ ...entry, asked: entry.asked + 1 });
      // A file is put down a while after the lines were taken.
      return { status: 200, body: { refused: entry.refused, posted: entry.posted, ready: entry.asked > 0 } };
    }
    if (verb === 'post' && !entry.posted) {
      const refused = this.#write(entry.lines);
      this.entries.put({ ...entry, posted: true, refused });
    }
    return { status: 200, body: {} };
  }

  #submit(lines: Entry['lines']): object {
    if (this.means.takes === 'journal') return { entry: this.#enter({ lines, posted: false, refused: {} }) };
    const refused = this.#write(lines);
    return this.means.outcome === 'answer' ? { refused } : { entry: this.#enter({ lines: [], posted: true, refused }) };
  }

  #enter(entry: Omit<Entry, 'id' | 'asked'>): string {
    const id = `e${this.store.next('entry', 1)}`;
    this.entries.put({ ...entry, id, asked: 0 });
    return id;
  }

  #write(lines: Entry['lines']): Refused {
    const refused = Object.fromEntries(lines.filter(({ bad }) => bad).map(({ externalId }) => [externalId, NOT_THERE]));
    if (this.means.takes !== 'lines' && Object.keys(refused).length > 0) return refused;
    for (const line of lines.filter(({ bad }) => !bad)) {
      const known = this.means.repeats === 'line-key' ? this.#of([line.externalId])[0]?.id : undefined;
      this.lines.put({ ...line, id: known ?? `l${this.store.next('line', 1)}` });
      this.ledger.record({ operation: 'create', type: 'line', id: line.externalId, externalId: line.externalId, before: null, after: line });
    }
    return refused;
  }

  #take(externalId: string): object {
    for (const { id } of this.#of([externalId])) this.lines.delete(id);
    return {};
  }

  #of(ids: string[]): TinyLine[] {
    return this.lines.all().filter(({ externalId }) => ids.includes(externalId));
  }
}

const codes: CodeTable = { name: 'tiny', read: () => undefined, rows: [] };

/** Its adapter. */
class TinyBilling implements Billing {
  constructor(
    private readonly connector: Connector,
    readonly means: BillingMeans,
  ) {}

  asHeld = (line: BillableTransaction): BillableTransaction => line;

  async submit({ operation, transactions, externalIds }: BillingBatch): Promise<Submitted<LineRefusal>> {
    if (operation === 'remove') {
      for (const id of externalIds) await this.#write('DELETE', `/lines/${id}`);
      return {};
    }
    const { entry, refused } = await this.#write<{ entry?: string; refused?: Refused }>('POST', '/lines', transactions.map(sent));
    return { job: entry, refused: refused && new Map(Object.entries(refused)) };
  }

  async follow(job: string): Promise<Followed<LineRefusal>> {
    const { posted, ready, refused } = await this.#read<{ posted: boolean; ready: boolean; refused: Refused }>(`/entries/${job}`);
    if (!posted) return { state: 'filled' };
    return this.means.outcome === 'file' && !ready ? { state: 'under-way' } : { state: 'ended', refused: new Map(Object.entries(refused)) };
  }

  async post(job: string): Promise<void> {
    await this.#write('POST', `/entries/${job}/post`);
  }

  async readBack(kind: BillableKind, externalIds: string[]): Promise<BillableTransactionInErp[]> {
    const lines = await this.#read<TinyLine[]>('/lines', { ids: externalIds.join() });
    return lines.map(({ id, externalId, minutes, amount }) => ({
      externalId,
      kind,
      minutes,
      amount: money(amount, 'GBP'),
      status: 'unbilled',
      ref: { system: 'tiny', account: 'one', type: 'line', nativeId: id },
    }));
  }

  async postOne(line: BillableTransaction): Promise<LineRefusal | null> {
    const { entry, refused } = await this.#write<{ entry?: string; refused?: Refused }>('POST', '/lines', [sent(line)]);
    if (this.means.takes === 'journal') await this.#write('POST', `/entries/${entry}/post`);
    const known = refused ?? (await this.#read<{ refused: Refused }>(`/entries/${entry}`)).refused;
    return known[line.externalId] ?? null;
  }

  async removeOne(_: BillableKind, externalId: string): Promise<null> {
    await this.#write('DELETE', `/lines/${externalId}`);
    return null;
  }

  async #write<T>(method: 'POST' | 'DELETE', path: string, body?: object): Promise<T> {
    return (await this.connector.send({ operation: `${method} ${path.split('/')[1]}`, kind: 'write', method, path, body })).json<T>();
  }

  async #read<T>(path: string, query?: Record<string, string>): Promise<T> {
    return (await this.connector.send({ operation: 'read', kind: 'read', method: 'GET', path, query })).json<T>();
  }
}

const sent = ({ externalId, minutes, amount, projectId }: BillableTransaction): Omit<TinyLine, 'id'> => ({
  externalId,
  minutes: minutes ?? 0,
  amount: amount.amount,
  bad: projectId === 'bad',
});

/** A tiny ERP that is reached by HTTP, so that answers can be lost and come late. */
export async function startTinyErp(dataSource: Database, means: BillingMeans) {
  const directory = mkdtempSync(join(tmpdir(), 'throughline-tiny-erp-'));
  const store = new Store(join(directory, 'tiny.sqlite'));
  const ledger = new Ledger(store);
  const vendor = new TinyErp(store, ledger, means);
  const faults = new Faults();
  const server = new VendorServer(vendor, faults, 0);
  const connector = new Connector({
    vendor: 'tiny',
    account: 'one',
    baseUrl: await server.listen(0),
    auth: bearer('token'),
    concurrency: 10,
    dataSource,
    metrics: new Metrics(),
    codes,
  });
  return {
    billing: new TinyBilling(connector, means) as Billing,
    faults,
    /** How many records of a line exist, and how many were written. */
    times: (externalId: string) => ({
      there: vendor.lines.all().filter(line => line.externalId === externalId).length,
      written: ledger.rows(0, 10_000).filter(row => row.externalId === externalId).length,
    }),
    journals: () => vendor.entries.all().length,
    close: async () => {
      await connector.close();
      await server.close();
      store.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
