import { EntitySchema, type ColumnType } from 'typeorm';

/**
 * A column's Postgres type, and the TypeScript types of its values: as they are read, and as they
 * are written in JSON.
 */
export class Column<Read = unknown, Written = Read> {
  /** For the compiler alone. */
  declare readonly values: { read: Read; written: Written };

  constructor(
    /** As Postgres' format_type() spells it. */
    readonly type: string,
    readonly nullable = false,
    /** Its name in Postgres, where that is not the snake_case form of its name here. */
    readonly name?: string,
  ) {}

  orNull(): Column<Read | null, Written | null | undefined> {
    return new Column(this.type, true, this.name);
  }

  called(name: string): Column<Read, Written> {
    return new Column(this.type, this.nullable, name);
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
  /** Exact, so read and written as text. */
  numeric: (...digits: [] | [precision: number, scale: number]) =>
    new Column<string>(digits.length === 0 ? 'numeric' : `numeric(${digits.join(',')})`),
  /** A calendar day, which JavaScript lacks: read and written as text. */
  date: () => new Column<string>('date'),
  instant: () => new Column<Date, Date | string>('timestamp with time zone'),
  json: <T>() => new Column<T>('jsonb'),
  uuid: () => new Column<string>('uuid'),
};

export type Columns = Record<string, Column>;

/** A row of these columns as it is read. */
export type ReadRow<C extends Columns> = { [Name in keyof C]: C[Name]['values']['read'] };
/**
 * The same as it is written. Every column must be given, so that none is forgotten; undefined
 * becomes null.
 */
export type WrittenRow<C extends Columns> = { [Name in keyof C]: C[Name]['values']['written'] };

const snake = (name: string): string => name.replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`);

/** Rows that travel as one JSON value, for `from`: `jsonb_to_recordset($1::jsonb) as r("id" text, "projectId" text)`. */
export const recordset = (alias: string, columns: Columns): string =>
  `jsonb_to_recordset($1::jsonb) as ${alias}(${Object.entries(columns)
    .map(([name, { type }]) => `"${name}" ${type}`)
    .join(', ')})`;

/**
 * SQL of columns that get another value than the given one, and of columns that are set besides.
 */
interface Values<C extends Columns> {
  instead?: { [Name in keyof C]?: string };
  also?: string;
}

/**
 * A table, declared once; the SQL that reads and writes its columns is made from the declaration.
 */
export class Table<C extends Columns = Columns> {
  #entity?: EntitySchema<ReadRow<C>>;

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

  /** The table with only these columns. */
  only<Name extends keyof C & string>(...names: Name[]): Table<Pick<C, Name>> {
    const kept = names.map(name => [name, this.columns[name]]);
    return new Table(this.name, Object.fromEntries(kept) as Pick<C, Name>, this.key);
  }

  /** For `select`: the result is a ReadRow. */
  selected(alias: string): string {
    return Object.entries(this.columns)
      .map(([name, { type }]) => `${alias}.${this.#nameOf(name)}${type === 'date' ? '::text' : ''} "${name}"`)
      .join(', ');
  }

  /** Inserts the rows of `from`, which has the columns by their names here. */
  insert({ from, as }: { from: string; as: string }): string {
    const names = Object.keys(this.columns);
    return `insert into ${this.name} as ${as} (${names.map(name => this.#nameOf(name)).join(', ')})
      select ${names.map(name => `"${name}"`).join(', ')} from ${from}`;
  }

  /**
   * Inserts the rows of `from`. An existing row is overwritten if `where` is true of it (by its
   * alias `as`) and of `excluded`. Columns in `instead` then get that value, and `also` sets
   * columns that are not given.
   */
  upsert({ from, as, where = 'true', ...values }: { from: string; as: string; where?: string } & Values<C>): string {
    return `${this.insert({ from, as })}
      on conflict (${this.key.map(name => this.#nameOf(name)).join(', ')}) do update set ${this.#set(name => `excluded.${this.#nameOf(name)}`, values)} where ${where}`;
  }

  /** Overwrites rows with those of a recordset with the alias `given`. */
  update({ as, given, ...values }: { as: string; given: string } & Values<C>): string {
    const same = this.key.map(name => `${as}.${this.#nameOf(name)} = ${given}."${name}"`);
    return `update ${this.name} as ${as} set ${this.#set(name => `${given}."${name}"`, values)} from ${recordset(given, this.columns)} where ${same.join(' and ')}`;
  }

  #set(given: (name: string) => string, { instead = {}, also }: Values<C>): string {
    const others = Object.keys(this.columns).filter(name => !this.key.includes(name));
    const set = others.map(name => `${this.#nameOf(name)} = ${instead[name] ?? given(name)}`);
    return [...set, ...(also === undefined ? [] : [also])].join(', ');
  }

  /** A column's name in Postgres. */
  #nameOf(name: string): string {
    return this.columns[name]?.name ?? snake(name);
  }

  /** The columns of a row that may have more. */
  rowOf(row: WrittenRow<C>): WrittenRow<C> {
    return Object.fromEntries(Object.keys(this.columns).map(name => [name, row[name]])) as WrittenRow<C>;
  }

  /** For rows that people edit one at a time: `em.getRepository(table.entity)`. */
  get entity(): EntitySchema<ReadRow<C>> {
    return (this.#entity ??= entityOf(this));
  }

  /** The columns of a database that was made by this declaration. */
  declared(): DeclaredColumn[] {
    return Object.entries(this.columns).map(([property, { type, nullable }]) => ({
      property,
      name: this.#nameOf(property),
      type,
      nullable,
      key: this.key.includes(property),
    }));
  }
}

function entityOf<C extends Columns>(table: Table<C>): EntitySchema<ReadRow<C>> {
  const [schema, tableName] = table.name.split('.');
  const columns = table.declared().map(({ property, name, type, nullable, key }) => {
    const [, base, array] = /^([a-z ]+)(?:\(.*\))?(\[\])?$/.exec(type)!;
    return [property, { name, type: base as ColumnType, array: array !== undefined, nullable, primary: key }] as const;
  });
  // The entity's name is an alias in statements, where a dot would split it.
  return new EntitySchema({ name: `${schema}_${tableName}`, schema, tableName, columns: Object.fromEntries(columns) as never });
}

export interface DeclaredColumn {
  /** Its name here. */
  property: string;
  /** Its name in Postgres. */
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

/** Every table declared in the loaded modules. */
export const declaredTables = (): readonly Table[] => DECLARED;
