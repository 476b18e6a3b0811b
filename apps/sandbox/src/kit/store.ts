import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';

export interface Row {
  id: string;
}

/** Rows of one type: a map in memory, written through to the file. Read freely; write only inside `Store.transaction`. */
export class Table<T extends Row> {
  readonly #rows = new Map<string, T>();
  readonly #indexes: { key: (row: T) => string | undefined; ids: Map<string, Set<string>> }[] = [];

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
    const index = { key, ids: new Map<string, Set<string>>() };
    this.#indexes.push(index);
    for (const row of this.#rows.values()) this.#enter(index, row);
    return value => [...(index.ids.get(value) ?? [])].map(id => this.#rows.get(id)!);
  }

  /** Inserts or replaces. Rows are values: change one by putting a new object. */
  put(row: T): void {
    const before = this.#rows.get(row.id);
    this.store.write(this.name, row.id, JSON.stringify(row), () => this.#set(row.id, before));
    this.#set(row.id, row);
  }

  delete(id: string): void {
    const before = this.#rows.get(id);
    this.store.write(this.name, id, null, () => this.#set(id, before));
    this.#set(id, undefined);
  }

  #set(id: string, row: T | undefined): void {
    const before = this.#rows.get(id);
    for (const index of this.#indexes) {
      const key = before && index.key(before);
      if (key !== undefined) index.ids.get(key)?.delete(id);
    }
    if (row === undefined) this.#rows.delete(id);
    else this.#rows.set(id, row);
    if (row !== undefined) for (const index of this.#indexes) this.#enter(index, row);
  }

  #enter(index: { key: (row: T) => string | undefined; ids: Map<string, Set<string>> }, row: T): void {
    const key = index.key(row);
    if (key === undefined) return;
    const ids = index.ids.get(key) ?? new Set();
    index.ids.set(key, ids.add(row.id));
  }
}

/** A vendor's state: one SQLite file, committed before an answer leaves, so that it survives a kill. */
export class Store {
  readonly #db: DatabaseSync;
  #undo: (() => void)[] | null = null;

  constructor(file: string) {
    mkdirSync(dirname(file), { recursive: true });
    this.#db = new DatabaseSync(file);
    // WAL with synchronous=normal survives the death of the process, which is what a sandbox must survive.
    this.#db.exec('pragma journal_mode=wal; pragma synchronous=normal');
    this.#db.exec('create table if not exists record(type text, id text, json text, primary key(type, id)) without rowid');
    this.#db.exec('create table if not exists counter(name text primary key, value integer) without rowid');
    this.#db.exec('create table if not exists ledger(seq integer primary key autoincrement, json text)');
  }

  table<T extends Row>(name: string): Table<T> {
    return new Table<T>(name, this);
  }

  /** True before anything was put: time to seed. */
  get empty(): boolean {
    return this.#all<{ n: number }>('select count(*) n from record')[0].n === 0;
  }

  /** The next number of a series that survives restarts, starting at `from`. */
  next(name: string, from = 1): number {
    this.#run('insert into counter(name, value) values(?, ?) on conflict(name) do update set value = value + 1', name, from);
    return this.#all<{ value: number }>('select value from counter where name = ?', name)[0].value;
  }

  /** All or nothing, in the file and in memory. */
  transaction<R>(work: () => R): R {
    if (this.#undo) return work();
    this.#undo = [];
    this.#db.exec('begin immediate');
    try {
      const result = work();
      this.#db.exec('commit');
      return result;
    } catch (error) {
      this.#db.exec('rollback');
      for (const undo of this.#undo.reverse()) undo();
      throw error;
    } finally {
      this.#undo = null;
    }
  }

  close(): void {
    this.#db.close();
  }

  read(type: string): { id: string; json: string }[] {
    return this.#all('select id, json from record where type = ?', type);
  }

  write(type: string, id: string, json: string | null, undo: () => void): void {
    if (!this.#undo) throw new Error(`${type} ${id}: write inside Store.transaction`);
    this.#undo.push(undo);
    if (json === null) this.#run('delete from record where type = ? and id = ?', type, id);
    else this.#run('insert into record(type, id, json) values(?, ?, ?) on conflict(type, id) do update set json = excluded.json', type, id, json);
  }

  appendLedger(json: string): void {
    this.#run('insert into ledger(json) values(?)', json);
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
