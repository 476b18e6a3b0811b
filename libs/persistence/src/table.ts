/** How Postgres has a column, and what its values are in TypeScript: as they are read, and as they are written within JSON. */
export class Column<Read = unknown, Written = Read> {
  /** For the compiler alone. */
  declare readonly values: { read: Read; written: Written };

  constructor(
    /** As Postgres' format_type() spells it. */
    readonly type: string,
    readonly nullable = false,
  ) {}

  orNull(): Column<Read | null, Written | null | undefined> {
    return new Column(this.type, true);
  }
}

/** The kinds of columns there are. */
export const column = {
  text: <T extends string = string>() => new Column<T>('text'),
  texts: () => new Column<string[]>('text[]'),
  char: (length: number) => new Column<string>(`character(${length})`),
  boolean: () => new Column<boolean>('boolean'),
  integer: () => new Column<number>('integer'),
  bigint: () => new Column<string, string | number>('bigint'),
  /** Exact, so a text on both ways. */
  numeric: (precision: number, scale: number) => new Column<string>(`numeric(${precision},${scale})`),
  /** A calendar day, which JavaScript has not: a text on both ways. */
  date: () => new Column<string>('date'),
  instant: () => new Column<Date, Date | string>('timestamp with time zone'),
  json: <T>() => new Column<T>('jsonb'),
};

export type Columns = Record<string, Column>;

/** A row of these columns as it is read. */
export type ReadRow<C extends Columns> = { [Name in keyof C]: C[Name]['values']['read'] };
/** The same as it is written. Each column is stated, so that none is forgotten; undefined is null. */
export type WrittenRow<C extends Columns> = { [Name in keyof C]: C[Name]['values']['written'] };

const snake = (name: string): string => name.replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`);

/** Rows that travel as one JSON value, for `from`: `jsonb_to_recordset($1::jsonb) as r("id" text, "projectId" text)`. */
export const recordset = (alias: string, columns: Columns): string =>
  `jsonb_to_recordset($1::jsonb) as ${alias}(${Object.entries(columns)
    .map(([name, { type }]) => `"${name}" ${type}`)
    .join(', ')})`;

/** A table, declared once: what reads and writes its columns is made from the declaration. */
export class Table<C extends Columns = Columns> {
  constructor(
    readonly name: string,
    readonly columns: C,
    readonly key: readonly string[],
  ) {}

  /** The table with fewer columns. */
  without<Name extends keyof C & string>(...names: Name[]): Table<Omit<C, Name>> {
    const kept = Object.entries(this.columns).filter(([name]) => !(names as string[]).includes(name));
    return new Table(this.name, Object.fromEntries(kept) as unknown as Omit<C, Name>, this.key);
  }

  /** The table with these columns alone. */
  only<Name extends keyof C & string>(...names: Name[]): Table<Pick<C, Name>> {
    const kept = names.map(name => [name, this.columns[name]]);
    return new Table(this.name, Object.fromEntries(kept) as Pick<C, Name>, this.key);
  }

  /** For `select`: what is answered is a ReadRow. */
  selected(alias: string): string {
    return Object.entries(this.columns)
      .map(([name, { type }]) => `${alias}.${snake(name)}${type === 'date' ? '::text' : ''} "${name}"`)
      .join(', ');
  }

  /**
   * Inserts the rows of `from`, which has the columns by their names here. A row that is there already is overwritten where `where` is true of
   * it (by its alias `as`) and of `excluded`; columns in `instead` get that value then.
   */
  upsert({ from, as, where = 'true', instead = {} }: { from: string; as: string; where?: string; instead?: { [Name in keyof C]?: string } }): string {
    const names = Object.keys(this.columns);
    const set = names.filter(name => !this.key.includes(name)).map(name => `${snake(name)} = ${instead[name] ?? `excluded.${snake(name)}`}`);
    return `insert into ${this.name} as ${as} (${names.map(snake).join(', ')})
      select ${names.map(name => `"${name}"`).join(', ')} from ${from}
      on conflict (${this.key.map(snake).join(', ')}) do update set ${set.join(', ')} where ${where}`;
  }

  /** What a database has that was made as declared here. */
  declared(): DeclaredColumn[] {
    return Object.entries(this.columns).map(([name, { type, nullable }]) => ({ name: snake(name), type, nullable, key: this.key.includes(name) }));
  }
}

export interface DeclaredColumn {
  name: string;
  type: string;
  nullable: boolean;
  key: boolean;
}

const DECLARED: Table[] = [];

/** Declares a table by its columns, in TypeScript's names, and its primary key. `declaredTables` are compared with the migrated database. */
export function table<C extends Columns>(name: string, columns: C, key: (keyof C & string)[]): Table<C> {
  const declared = new Table(name, columns, key);
  DECLARED.push(declared);
  return declared;
}

/** Every table that is declared in what was loaded. */
export const declaredTables = (): readonly Table[] => DECLARED;
