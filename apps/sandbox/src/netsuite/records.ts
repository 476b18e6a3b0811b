import type { Ledger, Store, Table } from '../kit/index.js';
import type { SortedRows } from '../kit/sorted-rows.js';
import { noSuchRecord, noSuchTransaction, NetsuiteError, userError } from './errors.js';
import { snapshotOf } from './representation.js';
import type { NetsuiteRow } from './row.js';
import type { RecordType, Schema } from './schema.js';
import { now } from './today.js';

type LookUp = (key: string) => NetsuiteRow[];

/** References by which records are looked up often, in tables that grow. */
const INDEXED: Record<string, string[]> = {
  timeBill: ['customer'],
  charge: ['billTo', 'timeRecord', 'invoice'],
  expenseReport: ['entity'],
  invoice: ['entity', 'job'],
  projectTask: ['project'],
};
/** Types that are asked for what changed since. */
const BY_CHANGE = new Set(['timeBill', 'charge', 'expenseReport', 'invoice', 'customerPayment', 'creditMemo', 'customer', 'job']);

interface RecordTable {
  rows: Table<NetsuiteRow>;
  byExternalId: LookUp;
  byEntityId: LookUp;
  /** Ids by an indexed reference. */
  by: Map<string, LookUp>;
  byChange?: SortedRows<NetsuiteRow>;
}

/**
 * The account's records: looked up by internal and external id, written with their row of history.
 */
export class Records {
  readonly #tables = new Map<string, RecordTable>();
  /** Which fields of which types refer to a type. */
  readonly #referring = new Map<string, { type: RecordType; names: string[] }[]>();

  constructor(
    readonly schema: Schema,
    private readonly store: Store,
    private readonly ledger: Ledger,
  ) {
    for (const type of schema.types) {
      const rows = store.table<NetsuiteRow>(type.name);
      const indexed = INDEXED[type.name] ?? [];
      this.#tables.set(type.name, {
        rows,
        byExternalId: rows.index(row => row.externalId),
        byEntityId: rows.index(row => row.values.entityId as string | undefined),
        by: new Map(indexed.map(name => [name, rows.index(row => row.values[name] as string | undefined)])),
        ...(BY_CHANGE.has(type.name) ? { byChange: rows.sorted(byChange) } : {}),
      });
      this.#referring.set(type.name, referringTo(schema, type.name));
    }
  }

  all(type: string): NetsuiteRow[] {
    return this.#tables.get(type)!.rows.all();
  }

  get(type: string, id: string): NetsuiteRow | undefined {
    return this.#tables.get(type)!.rows.get(id);
  }

  byExternalId(type: string, externalId: string): NetsuiteRow | undefined {
    return this.#tables.get(type)!.byExternalId(externalId)[0];
  }

  /** Records by an indexed reference. */
  by(type: string, name: string, id: string): NetsuiteRow[] {
    return this.#tables.get(type)!.by.get(name)!(id);
  }

  /** Which references of a type are indexed. */
  indexesOf(type: string): string[] {
    return [...this.#tables.get(type)!.by.keys()];
  }

  /** Whether records of a type are kept in the order of their last change. */
  keepsChanges(type: string): boolean {
    return this.#tables.get(type)!.byChange !== undefined;
  }

  /** Records changed at `moment` or later, oldest first, of a type that is kept in that order. */
  changedSince(type: string, moment: string): NetsuiteRow[] {
    const rows = this.#tables.get(type)!.byChange!;
    const from = rows.rank(row => changeOf(row) >= moment);
    return [...rows.between(from, rows.size)];
  }

  /** Finds by the key in a URL: an internal id or `eid:KEY`. */
  find(type: string, key: string): NetsuiteRow | undefined {
    return key.startsWith('eid:') ? this.byExternalId(type, key.slice(4)) : this.get(type, key);
  }

  require(type: string, key: string): NetsuiteRow {
    const row = this.find(type, key);
    if (!row) throw this.schema.type(type).transaction ? noSuchTransaction() : noSuchRecord();
    return row;
  }

  /** What other records show when they refer to this one. */
  label(type: string, id: string): string | undefined {
    const value = this.get(type, id)?.values[this.schema.type(type).label];
    return value === undefined ? undefined : String(value);
  }

  nextId(type: RecordType): string {
    return String(this.store.next(type.transaction ? 'transaction' : type.name, type.firstId));
  }

  /** The rules every record obeys: required fields, names and external ids taken once. */
  check(type: RecordType, row: NetsuiteRow): void {
    this.#refuseMissing(type, row);
    this.#refuseTaken(type, row);
  }

  /** Inserts or replaces, stamped, with its row of history. */
  put(type: RecordType, row: NetsuiteRow, operation: string): NetsuiteRow {
    const before = this.get(type.name, row.id);
    const stamped = 'lastModifiedDate' in type.fields ? { ...row, values: { ...row.values, lastModifiedDate: now() } } : row;
    this.#tables.get(type.name)!.rows.put(stamped);
    this.ledger.record({
      operation,
      type: type.name,
      id: row.id,
      externalId: row.externalId ?? null,
      before: before ? snapshotOf(this, type, before) : null,
      after: snapshotOf(this, type, stamped),
    });
    return stamped;
  }

  /**
   * Keeps what no field shows, such as the invoice that a time is on. No history: nothing that
   * anybody can read has changed.
   */
  mark(type: string, row: NetsuiteRow): void {
    this.#tables.get(type)!.rows.put(row);
  }

  /** Puts without history: the account as it was before anybody watched. */
  seed(type: string, row: NetsuiteRow): NetsuiteRow {
    this.#tables.get(type)!.rows.put(row);
    return row;
  }

  delete(type: RecordType, row: NetsuiteRow): void {
    const before = snapshotOf(this, type, row);
    const referring = this.#referring
      .get(type.name)!
      .find(({ type: other, names }) => names.some(name => this.#isReferredTo(other.name, name, row.id)));
    if (referring) throw userError(`This record cannot be deleted because it has dependent records. Dependent record: ${referring.type.name}`);
    this.#tables.get(type.name)!.rows.delete(row.id);
    this.ledger.record({ operation: 'delete', type: type.name, id: row.id, externalId: row.externalId ?? null, before, after: null });
  }

  #isReferredTo(by: string, name: string, id: string): boolean {
    const index = this.#tables.get(by)!.by.get(name);
    return index ? index(id).length > 0 : this.all(by).some(row => row.values[name] === id);
  }

  #refuseMissing(type: RecordType, row: NetsuiteRow): void {
    const missing = Object.entries(type.fields).filter(([name, { required }]) => required !== undefined && (row.values[name] ?? '') === '');
    if (missing.length === 0) return;
    throw new NetsuiteError(400, {
      detail: `Error while accessing a resource. Please enter value(s) for: ${missing.map(([, { required }]) => required).join(', ')}.`,
      code: 'USER_ERROR',
    });
  }

  #refuseTaken(type: RecordType, row: NetsuiteRow): void {
    const sameExternalId = row.externalId === undefined ? undefined : this.byExternalId(type.name, row.externalId);
    const entityId = row.values.entityId as string | undefined;
    const sameName =
      entityId === undefined
        ? undefined
        : this.#tables
            .get(type.name)!
            .byEntityId(entityId)
            .find(other => other.id !== row.id);
    if ((sameExternalId && sameExternalId.id !== row.id) || sameName) {
      throw userError(`Error while accessing a resource. This ${type.kindInWords} already exists.`);
    }
  }
}

function referringTo(schema: Schema, target: string): { type: RecordType; names: string[] }[] {
  const namesOf = ({ fields }: RecordType) =>
    Object.entries(fields)
      .filter(([, field]) => field.kind === 'reference' && field.to === target)
      .map(([name]) => name);
  return schema.types.map(type => ({ type, names: namesOf(type) })).filter(({ names }) => names.length > 0);
}

const changeOf = ({ values }: NetsuiteRow): string => (values.lastModifiedDate as string | undefined) ?? '';

function byChange(a: NetsuiteRow, b: NetsuiteRow): number {
  const [left, right] = [changeOf(a), changeOf(b)];
  return left < right ? -1 : left > right ? 1 : Number(a.id) - Number(b.id);
}
