import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { SortedRows } from './sorted-rows.js';

export interface Row {
  id: string;
}

/**
 * Rows of one type: a map in memory, written through to the file. Read freely; write only inside
 * `Store.transaction`.
 */
export class Table<T extends Row> {
  readonly #rows = new Map<string, T>();
  readonly #indexes: Index<T>[] = [];

  constructor(
    readonly name: string,
    private readonly store: Store,
  ) {
    for (const { id, json } of store.read(name)) this.#rows.set(id, JSON.parse(json) as T);
  }

  get size(): number {
    return this.#rows.size;
  }

  get(id: string): T | undefined {
    return this.#rows.get(id);
  }

  all(): T[] {
    return [...this.#rows.values()];
  }

  /** A look-up by a key that many rows may share, in the order they were put. */
  index(key: (row: T) => string | undefined): (value: string) => T[] {
    const index = new KeyIndex(key);
    this.#add(index);
    return value => index.ids(value).map(id => this.#rows.get(id)!);
  }

  /** The rows in an order of their own, to be read by place and by bound. */
  sorted(compare: (a: T, b: T) => number): SortedRows<T> {
    const rows = new SortedRows(compare, this.#rows);
    this.#indexes.push(rows);
    return rows;
  }

  #add(index: Index<T>): void {
    this.#indexes.push(index);
    for (const row of this.#rows.values()) index.enter(row);
  }

  /** Inserts or replaces. Rows are values: change one by putting a new object. */
  put(row: T): void {
    const before = this.#rows.get(row.id);
    this.store.write(this.name, row.id, row, () => this.#set(row.id, before));
    this.#set(row.id, row);
  }

  delete(id: string): void {
    const before = this.#rows.get(id);
    this.store.write(this.name, id, null, () => this.#set(id, before));
    this.#set(id, undefined);
  }

  #set(id: string, row: T | undefined): void {
    const before = this.#rows.get(id);
    if (row === undefined) this.#rows.delete(id);
    else this.#rows.set(id, row);
    for (const index of this.#indexes) index.replace(before, row);
  }
}

interface Index<T extends Row> {
  enter(row: T): void;
  replace(before: T | undefined, after: T | undefined): void;
}

/** Ids by key. Most keys have one row, and a set for each would need more memory than the rows. */
class KeyIndex<T extends Row> implements Index<T> {
  readonly #ids = new Map<string, string | Set<string>>();

  constructor(private readonly key: (row: T) => string | undefined) {}

  ids(key: string): string[] {
    const held = this.#ids.get(key);
    return held === undefined ? [] : typeof held === 'string' ? [held] : [...held];
  }

  enter(row: T): void {
    const key = this.key(row);
    if (key === undefined) return;
    const held = this.#ids.get(key);
    if (held === undefined || held === row.id) this.#ids.set(key, row.id);
    else if (typeof held === 'string') this.#ids.set(key, new Set([held, row.id]));
    else held.add(row.id);
  }

  replace(before: T | undefined, after: T | undefined): void {
    const key = before && this.key(before);
    if (before && key !== undefined && key !== (after && this.key(after))) {
      const held = this.#ids.get(key);
      if (typeof held === 'string') this.#ids.delete(key);
      else if (held?.delete(before.id) && held.size === 0) this.#ids.delete(key);
    }
    if (after) this.enter(after);
  }
}

/** What a transaction is about to write, and how to undo it in memory. */
interface Pending {
  writes: (() => void)[];
  undo: (() => void)[];
}

/**
 * A vendor's state: one SQLite file, committed before an answer is sent, so that it survives a
 * kill. A transaction works in memory and is written to the file as a whole at its end.
 */
export class Store {
  readonly #db: DatabaseSync;
  readonly #counters = new Map<string, number>();
  #pending: Pending | null = null;

  constructor(file: string) {
    mkdirSync(dirname(file), { recursive: true });
    this.#db = new DatabaseSync(file);
    // WAL with synchronous=normal survives the death of the process, which is all that a sandbox
    // must survive. Pages are copied from the log to the file rarely, because at volume the same
    // pages are written again and again.
    this.#db.exec('pragma journal_mode=wal; pragma synchronous=normal; pragma wal_autocheckpoint=8000');
    this.#db.exec('create table if not exists record(type text, id text, json text, primary key(type, id)) without rowid');
    this.#db.exec('create table if not exists counter(name text primary key, value integer) without rowid');
    this.#db.exec('create table if not exists ledger(seq integer primary key autoincrement, json text)');
    for (const { name, value } of this.#all<{ name: string; value: number }>('select name, value from counter')) this.#counters.set(name, value);
  }

  table<T extends Row>(name: string): Table<T> {
    return new Table<T>(name, this);
  }

  /** True before anything was put: time to seed. */
  get empty(): boolean {
    return this.#all<{ n: number }>('select exists(select 1 from record) n')[0].n === 0;
  }

  /** The next number of a series that survives restarts, starting at `from`. */
  next(name: string, from = 1): number {
    return this.transaction(() => {
      const before = this.#counters.get(name);
      const value = before === undefined ? from : before + 1;
      this.#counters.set(name, value);
      this.#will(
        () =>
          this.#run('insert into counter(name, value) values(?, ?) on conflict(name) do update set value = max(value, excluded.value)', name, value),
        () => (before === undefined ? this.#counters.delete(name) : this.#counters.set(name, before)),
      );
      return value;
    });
  }

  /** All or nothing, in the file and in memory. */
  transaction<R>(work: () => R): R {
    if (this.#pending) return work();
    const pending: Pending = { writes: [], undo: [] };
    this.#pending = pending;
    try {
      const result = work();
      this.#commit(pending.writes);
      return result;
    } catch (error) {
      undoTo(pending, 0);
      throw error;
    } finally {
      this.#pending = null;
    }
  }

  /**
   * Part of a transaction that can fail alone: when `work` throws, its changes are undone and the
   * rest stays.
   */
  attempt<R>(work: () => R): R {
    const pending = this.#pending;
    if (!pending) return this.transaction(work);
    const [writes, undo] = [pending.writes.length, pending.undo.length];
    try {
      return work();
    } catch (error) {
      pending.writes.length = writes;
      undoTo(pending, undo);
      throw error;
    }
  }

  #commit(writes: (() => void)[]): void {
    if (writes.length === 0) return;
    this.#db.exec('begin immediate');
    try {
      for (const write of writes) write();
      this.#db.exec('commit');
    } catch (error) {
      this.#db.exec('rollback');
      throw error;
    }
  }

  #will(write: () => void, undo: () => void): void {
    this.#pending!.writes.push(write);
    this.#pending!.undo.push(undo);
  }

  close(): void {
    this.#db.close();
  }

  read(type: string): { id: string; json: string }[] {
    return this.#all('select id, json from record where type = ?', type);
  }

  /** `row` as JSON, or null to delete it. */
  write(type: string, id: string, row: object | null, undo: () => void): void {
    if (!this.#pending) throw new Error(`${type} ${id}: write inside Store.transaction`);
    if (row === null) this.#will(() => this.#run('delete from record where type = ? and id = ?', type, id), undo);
    else {
      this.#will(
        () =>
          this.#run(
            'insert into record(type, id, json) values(?, ?, ?) on conflict(type, id) do update set json = excluded.json',
            type,
            id,
            JSON.stringify(row),
          ),
        undo,
      );
    }
  }

  appendLedger(row: object): void {
    const json = JSON.stringify(row);
    const append = () => this.#run('insert into ledger(json) values(?)', json);
    if (this.#pending) this.#will(append, () => undefined);
    else append();
  }

  readLedger(after: number, limit: number): { seq: number; json: string }[] {
    return this.#all('select seq, json from ledger where seq > ? order by seq limit ?', after, limit);
  }

  readonly #statements = new Map<string, ReturnType<DatabaseSync['prepare']>>();

  #statement(sql: string) {
    const known = this.#statements.get(sql) ?? this.#db.prepare(sql);
    this.#statements.set(sql, known);
    return known;
  }

  #run(sql: string, ...values: SQLInputValue[]): void {
    this.#statement(sql).run(...values);
  }

  #all<T>(sql: string, ...values: SQLInputValue[]): T[] {
    return this.#statement(sql).all(...values) as T[];
  }
}

function undoTo({ undo }: Pending, length: number): void {
  while (undo.length > length) undo.pop()!();
}
