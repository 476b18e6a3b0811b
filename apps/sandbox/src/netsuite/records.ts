import type { Ledger, Store, Table } from '../kit/index.js';
import { noSuchRecord, noSuchTransaction, NetsuiteError, userError } from './errors.js';
import { snapshotOf } from './representation.js';
import type { RecordType, Schema } from './schema.js';

/** References are kept as internal ids, enums as their id, lines as arrays. */
export type Values = Record<string, unknown>;

export interface NetsuiteRow {
  id: string;
  externalId?: string;
  values: Values;
}

type LookUp = (key: string) => NetsuiteRow[];

/** The account's records: looked up by internal and external id, written with their row of history. */
export class Records {
  readonly #tables = new Map<string, { rows: Table<NetsuiteRow>; byExternalId: LookUp; byEntityId: LookUp }>();

  constructor(
    readonly schema: Schema,
    private readonly store: Store,
    private readonly ledger: Ledger,
  ) {
    for (const { name } of schema.types) {
      const rows = store.table<NetsuiteRow>(name);
      this.#tables.set(name, {
        rows,
        byExternalId: rows.index(row => row.externalId),
        byEntityId: rows.index(row => row.values.entityId as string | undefined),
      });
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

  /** By what stands in a URL: an internal id or `eid:KEY`. */
  find(type: string, key: string): NetsuiteRow | undefined {
    return key.startsWith('eid:') ? this.byExternalId(type, key.slice(4)) : this.get(type, key);
  }

  require(type: string, key: string): NetsuiteRow {
    const row = this.find(type, key);
    if (!row) throw this.schema.type(type).transaction ? noSuchTransaction() : noSuchRecord();
    return row;
  }

  /** What is shown where another record refers to this one. */
  label(type: string, id: string): string | undefined {
    const value = this.get(type, id)?.values[this.schema.type(type).label];
    return value === undefined ? undefined : String(value);
  }

  nextId(type: RecordType): string {
    return String(this.store.next(type.transaction ? 'transaction' : type.name, type.firstId));
  }

  /** Inserts or replaces after the rules every record obeys: required fields, names and external ids taken once. */
  put(type: RecordType, row: NetsuiteRow, operation: string): void {
    const before = this.get(type.name, row.id);
    this.#refuseMissing(type, row);
    this.#refuseTaken(type, row);
    this.#tables.get(type.name)!.rows.put(row);
    this.ledger.record({
      operation,
      type: type.name,
      id: row.id,
      externalId: row.externalId ?? null,
      before: before ? snapshotOf(this, type, before) : null,
      after: snapshotOf(this, type, row),
    });
  }

  /** Puts without history: the account as it was before anybody watched. */
  seed(type: string, row: NetsuiteRow): NetsuiteRow {
    this.#tables.get(type)!.rows.put(row);
    return row;
  }

  delete(type: RecordType, row: NetsuiteRow): void {
    const before = snapshotOf(this, type, row);
    const referring = this.schema.types.find(other => this.#refersTo(other, type.name, row.id));
    if (referring) throw userError(`This record cannot be deleted because it has dependent records. Dependent record: ${referring.name}`);
    this.#tables.get(type.name)!.rows.delete(row.id);
    this.ledger.record({ operation: 'delete', type: type.name, id: row.id, externalId: row.externalId ?? null, before, after: null });
  }

  #refersTo(type: RecordType, target: string, id: string): boolean {
    const names = Object.entries(type.fields)
      .filter(([, field]) => field.kind === 'reference' && field.to === target)
      .map(([name]) => name);
    return names.length > 0 && this.all(type.name).some(row => names.some(name => row.values[name] === id));
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
