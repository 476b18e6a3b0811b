import { parse, type Expr, type From, type SelectFromStatement, type SelectStatement } from 'pgsql-ast-parser';
import { clockNow } from '../kit/index.js';
import { badParameter } from './errors.js';
import { AGGREGATES, arithmetic, concatenate, FUNCTIONS } from './suiteql-functions.js';
import { listAt, liftLists } from './suiteql-lists.js';
import type { Column, ColumnIndex, SuiteqlTable } from './suiteql-table.js';
import { compare, truth, written, type Truth, type Value } from './suiteql-values.js';

/** One row of each table joined so far. */
interface Env {
  tuple: unknown[];
  /** The rows of the group, in an aggregate query. */
  group?: unknown[][];
  rownum: number;
  outer?: Env;
}
type Evaluator = (env: Env) => Value;
interface Source {
  alias: string;
  table: SuiteqlTable;
}

const fault = (what: string) => badParameter(`Invalid search query. Detailed unprocessed description follows. ${what}`, 'q');
const unknownIdentifier = (name: string, scope: Scope) =>
  fault(
    `Search error occurred: Unknown identifier '${name}'. Available identifiers are: {${scope.sources.map(({ alias }) => `${alias}=${alias}`).join(', ')}}`,
  );

/** Which tables a name can mean, inside out. */
class Scope {
  constructor(
    readonly sources: Source[],
    readonly outer?: Scope,
  ) {}

  /** Which of its own tables has the column; -1 when none. */
  indexOf(name: string, alias?: string): number {
    return this.sources.findIndex(source => (alias === undefined || source.alias === alias) && source.table.columns.has(name));
  }

  /** The column, and a way from an Env to the row it is read from. */
  find(name: string, alias?: string): { column: Column; row: (env: Env) => unknown } | undefined {
    const index = this.indexOf(name, alias);
    if (index >= 0) return { column: this.sources[index].table.columns.get(name)!, row: env => env.tuple[index] };
    const outside = this.outer?.find(name, alias);
    return outside && { column: outside.column, row: env => outside.row(env.outer!) };
  }
}

/** Statements are kept parsed, so many of those that differ in their lists only. */
const KEPT = 100;

/**
 * Runs SuiteQL. A PostgreSQL grammar parses it, because its SELECT covers the part of Oracle's that
 * integrations use. It is evaluated on the account's records.
 */
export class Suiteql {
  readonly #parsed = new Map<string, SelectStatement>();

  constructor(private readonly tables: Map<string, SuiteqlTable>) {}

  /**
   * The rows, every value a string under its lower-case name, nulls left out. Throws the vendor's
   * INVALID_PARAMETER.
   */
  query(text: string): Record<string, string>[] {
    const { template, lists } = liftLists(text);
    try {
      const { names, rows } = new Evaluation(this.tables, lists).run(this.#parse(template, lists.length > 0));
      return rows.map(row =>
        Object.fromEntries(row.flatMap((value, index) => (written(value) === undefined ? [] : [[names[index], written(value)!]]))),
      );
    } catch (error) {
      if (error instanceof RangeError) throw fault(`Search error occurred: ${error.message}`);
      throw error;
    }
  }

  #parse(template: string, keep: boolean): SelectStatement {
    const known = this.#parsed.get(template);
    if (known) return known;
    const statement = parseOne(template);
    if (keep) {
      if (this.#parsed.size >= KEPT) this.#parsed.clear();
      this.#parsed.set(template, statement);
    }
    return statement;
  }
}

/** One query at work. `lists`: what its marks stand for. */
class Evaluation {
  constructor(
    private readonly tables: Map<string, SuiteqlTable>,
    private readonly lists: Value[][],
  ) {}

  run(statement: SelectStatement): { names: string[]; rows: Value[][] } {
    return this.#select(statement, undefined)({ tuple: [], rownum: 0 });
  }

  #select(statement: SelectStatement, outer: Scope | undefined): (env: Env) => { names: string[]; rows: Value[][] } {
    if (statement.type === 'union' || statement.type === 'union all') return this.#union(statement, outer);
    if (statement.type !== 'select') throw fault(`Search error occurred: only SELECT is supported, not ${statement.type}.`);
    return this.#selectFrom(statement, outer);
  }

  #union(statement: Extract<SelectStatement, { type: 'union' | 'union all' }>, outer: Scope | undefined) {
    const [left, right] = [this.#select(statement.left, outer), this.#select(statement.right, outer)];
    return (env: Env) => {
      const first = left(env);
      const rows = [...first.rows, ...right(env).rows];
      return { names: first.names, rows: statement.type === 'union' ? distinct(rows) : rows };
    };
  }

  #selectFrom(statement: SelectFromStatement, outer: Scope | undefined) {
    const scope = new Scope([], outer);
    const conjuncts = conjunctsOf(statement.where);
    const join = (statement.from ?? []).map(from => this.#join(from, scope, conjuncts));
    const where = statement.where && this.#condition(statement.where, scope);
    const groupBy = statement.groupBy?.map(by => this.#compile(by, scope));
    const columns = (statement.columns ?? []).flatMap((column, index) => this.#column(column.expr, column.alias?.name, index, scope));
    const having = statement.having && this.#condition(statement.having, scope);
    const grouped = groupBy !== undefined || (statement.columns ?? []).some(({ expr }) => hasAggregate(expr)) || having !== undefined;
    if (grouped) refuseUngrouped(statement);
    const orderBy = (statement.orderBy ?? []).map(({ by, order, nulls }) => ({
      ...this.#orderKey(by, columns, scope),
      descending: order === 'DESC',
      nullsFirst: nulls === 'FIRST',
    }));
    const limit = limitOf(statement);

    return (env: Env) => {
      let tuples: unknown[][] = [[]];
      for (const step of join) tuples = step(tuples, env);
      const kept: Env[] = [];
      for (const tuple of tuples) {
        const candidate = { tuple, rownum: kept.length + 1, outer: env };
        if (!where || where(candidate) === true) kept.push(candidate);
      }
      const rows = (grouped ? groups(kept, groupBy, env) : kept).filter(row => !having || having(row) === true);
      const selected = rows.map(row => ({ row, values: columns.map(({ value }) => value(row)) }));
      selected.sort((a, b) => ordered(a, b, orderBy));
      const values = selected.map(each => each.values);
      return { names: columns.map(({ name }) => name), rows: (statement.distinct ? distinct(values) : values).slice(0, limit) };
    };
  }

  /**
   * Adds a table to the scope; the returned function extends each tuple by its rows. `conjuncts`:
   * the conditions of the whole query. If one of them narrows the table by an index, only those
   * rows are read. The condition itself is tested later on the rows that were read.
   */
  #join(from: From, scope: Scope, conjuncts: Expr[]): (tuples: unknown[][], env: Env) => unknown[][] {
    const source = this.#source(from, scope);
    const on = from.join?.on;
    const at = scope.sources.push(source) - 1;
    const matches = on && this.#condition(on, scope);
    const left = from.join?.type === 'LEFT JOIN';
    if (from.join && !['INNER JOIN', 'LEFT JOIN', 'CROSS JOIN'].includes(from.join.type))
      throw fault(`Search error occurred: ${from.join.type} is not supported.`);
    const key = on ? this.#joinKey(on, scope) : undefined;
    const narrowed = this.#narrowed(conjuncts, scope);
    return (tuples, env) => {
      const candidates = this.#candidates(source, narrowed, key, env, at);
      return tuples.flatMap(tuple => {
        const joined = candidates(tuple)
          .map(row => [...tuple, row])
          .filter(candidate => !matches || matches({ tuple: candidate, rownum: 0, outer: env }) === true);
        return joined.length === 0 && left ? [[...tuple, undefined]] : joined;
      });
    };
  }

  /**
   * The rows of a table that may match a tuple: those narrowed by the query, or looked up by the
   * join's key, or grouped by that key once.
   */
  #candidates({ table }: Source, narrowed: ((env: Env) => unknown[]) | undefined, key: JoinKey | undefined, env: Env, at: number) {
    const index = key && !narrowed ? table.indexes?.get(key.column)?.equal : undefined;
    if (key && index) return (tuple: unknown[]) => lookUp(index, key.ofOld({ tuple, rownum: 0, outer: env }));
    const rows = narrowed ? narrowed(env) : table.rows();
    if (!key) return () => rows;
    const byKey = Map.groupBy(rows, row => keyText(key.ofNew({ tuple: [...Array<unknown>(at), row], rownum: 0, outer: env })));
    return (tuple: unknown[]) => byKey.get(keyText(key.ofOld({ tuple, rownum: 0, outer: env }))) ?? [];
  }

  /**
   * A condition that narrows the newest table of the scope: `column = x`, `column IN (…)` or
   * `column >= x` on an index, where x is not a column of that table.
   */
  #narrowed(conjuncts: Expr[], scope: Scope): ((env: Env) => unknown[]) | undefined {
    const found = conjuncts.flatMap(expr => {
      if (expr.type !== 'binary' || expr.left.type !== 'ref' || hasReference(expr.right)) return [];
      const index = this.#indexOf(expr.left, scope);
      const rows = index && this.#rowsBy(index, expr.op, expr.right, scope);
      return rows ? [{ rows, rank: index.weak ? 2 : expr.op === '=' || expr.op === 'IN' ? 0 : 1 }] : [];
    });
    return found.toSorted((a, b) => a.rank - b.rank)[0]?.rows;
  }

  #rowsBy(index: ColumnIndex, op: string, right: Expr, scope: Scope): ((env: Env) => unknown[]) | undefined {
    const { equal, from } = index;
    if (equal && op === '=') {
      const value = this.#compile(right, scope);
      return env => lookUp(equal, value(env));
    }
    if (equal && op === 'IN' && !isSelect(right)) {
      const values = this.#list(right, scope);
      return env => [...new Set(values(env).map(value => keyText(value)))].flatMap(value => lookUp(equal, value));
    }
    if (from && (op === '>=' || op === '>')) {
      const value = this.#compile(right, scope);
      return env => from(value(env));
    }
    return undefined;
  }

  /** The index of a column of the newest table; none when the name means another table's. */
  #indexOf(ref: Extract<Expr, { type: 'ref' }>, scope: Scope) {
    const last = scope.sources.length - 1;
    const name = ref.name.toLowerCase();
    if (scope.indexOf(name, ref.table?.name.toLowerCase()) !== last) return undefined;
    return scope.sources[last].table.indexes?.get(name);
  }

  /**
   * A join that compares a column of the new table with one of an earlier table: both become keys,
   * so that not every pair is compared.
   */
  #joinKey(on: Expr, scope: Scope): JoinKey | undefined {
    if (on.type !== 'binary') return undefined;
    if (on.op === 'AND') return this.#joinKey(on.left, scope) ?? this.#joinKey(on.right, scope);
    if (on.op !== '=' || on.left.type !== 'ref' || on.right.type !== 'ref') return undefined;
    const last = scope.sources.length - 1;
    const sides = [on.left, on.right].map(ref => ({
      column: ref.name.toLowerCase(),
      index: scope.indexOf(ref.name.toLowerCase(), ref.table?.name.toLowerCase()),
      value: this.#compile(ref, scope),
    }));
    const [ofNew, ofOld] = sides[0].index === last ? sides : [sides[1], sides[0]];
    if (ofNew.index !== last || ofOld.index < 0 || ofOld.index === last) return undefined;
    return { column: ofNew.column, ofNew: ofNew.value, ofOld: ofOld.value };
  }

  #source(from: From, scope: Scope): Source {
    if (from.type === 'table') {
      const name = from.name.name.toLowerCase();
      const table = this.tables.get(name);
      if (!table) throw fault(`Search error occurred: Invalid search type: ${from.name.name}.`);
      return { alias: from.name.alias?.toLowerCase() ?? name, table };
    }
    if (from.type === 'statement') {
      const { names, rows } = this.#select(from.statement, scope.outer)({ tuple: [], rownum: 0 });
      const columns = new Map(names.map((name, index): [string, Column] => [name, { value: row => (row as Value[])[index] }]));
      return { alias: from.alias.toLowerCase(), table: { columns, rows: () => rows } };
    }
    throw fault('Search error occurred: a function in FROM is not supported.');
  }

  #column(expr: Expr, alias: string | undefined, index: number, scope: Scope): { name: string; value: Evaluator; expr?: Expr }[] {
    if (expr.type === 'ref' && expr.name === '*') {
      const sources = scope.sources.filter(source => expr.table === undefined || source.alias === expr.table.name.toLowerCase());
      if (sources.length === 0) throw unknownIdentifier(expr.table?.name ?? '*', scope);
      return sources.flatMap(source =>
        [...source.table.columns].map(([name, column]) => ({ name, value: (env: Env) => read(column, env.tuple[scope.sources.indexOf(source)]) })),
      );
    }
    const name = (alias ?? (expr.type === 'ref' ? expr.name : `expr${index + 1}`)).toLowerCase();
    return [{ name, value: this.#compile(expr, scope), expr }];
  }

  #orderKey(by: Expr, columns: { name: string }[], scope: Scope): { column?: number; value?: Evaluator } {
    if (by.type === 'integer') return { column: by.value - 1 };
    const named = by.type === 'ref' && !by.table ? columns.findIndex(({ name }) => name === by.name.toLowerCase()) : -1;
    return named >= 0 ? { column: named } : { value: this.#compile(by, scope) };
  }

  #condition(expr: Expr, scope: Scope): (env: Env) => Truth {
    switch (expr.type) {
      case 'binary': {
        if (expr.op === 'AND' || expr.op === 'OR') {
          const [left, right] = [this.#condition(expr.left, scope), this.#condition(expr.right, scope)];
          return expr.op === 'AND' ? env => and(left(env), () => right(env)) : env => or(left(env), () => right(env));
        }
        return this.#comparison(expr.op, expr.left, expr.right, scope);
      }
      case 'unary': {
        if (expr.op === 'NOT') {
          const operand = this.#condition(expr.operand, scope);
          return env => not(operand(env));
        }
        if (expr.op === 'IS NULL' || expr.op === 'IS NOT NULL') {
          const operand = this.#compile(expr.operand, scope);
          return env => isNull(operand(env)) === (expr.op === 'IS NULL');
        }
        break;
      }
      case 'ternary': {
        const [value, low, high] = [expr.value, expr.lo, expr.hi].map(part => this.#compile(part, scope));
        const between = (env: Env) =>
          and(
            signed(compare(value(env), low(env)), n => n >= 0),
            () => signed(compare(value(env), high(env)), n => n <= 0),
          );
        return expr.op === 'BETWEEN' ? between : env => not(between(env));
      }
      case 'call':
        if (expr.function.name.toLowerCase() === 'exists') {
          const rows = this.#select(expr.args[0] as unknown as SelectStatement, scope);
          return env => rows(env).rows.length > 0;
        }
        break;
      default:
    }
    const value = this.#compile(expr, scope);
    return env => truth(value(env));
  }

  #comparison(op: string, leftExpr: Expr, rightExpr: Expr, scope: Scope): (env: Env) => Truth {
    const left = this.#compile(leftExpr, scope);
    if (op === 'IN' || op === 'NOT IN') {
      const isIn = this.#membership(left, rightExpr, scope);
      return op === 'IN' ? isIn : env => not(isIn(env));
    }
    const right = this.#compile(rightExpr, scope);
    if (op === 'LIKE' || op === 'NOT LIKE') {
      const like = (env: Env): Truth => {
        const [value, pattern] = [left(env), right(env)];
        return isNull(value) || isNull(pattern) ? null : likePattern(String(pattern)).test(String(value));
      };
      return op === 'LIKE' ? like : env => not(like(env));
    }
    const test = COMPARISONS[op];
    if (!test) {
      const value = this.#compile({ type: 'binary', op, left: leftExpr, right: rightExpr } as Expr, scope);
      return env => truth(value(env));
    }
    return env => signed(compare(left(env), right(env)), test);
  }

  #membership(left: Evaluator, right: Expr, scope: Scope): (env: Env) => Truth {
    const among = this.#list(right, scope);
    const lifted = right.type === 'string' ? listAt(right.value) : undefined;
    const [first] = lifted === undefined ? [] : this.lists[lifted];
    // Of one type and without nulls, as lists of ids are: a look-up is sufficient.
    const alike = lifted !== undefined && this.lists[lifted].every(value => value !== null && typeof value === typeof first);
    const known = alike ? new Set(this.lists[lifted]) : undefined;
    return env => {
      const value = left(env);
      if (known && typeof value === typeof first) return known.has(value);
      return among(env).reduce<Truth>((found, each) => or(found, () => signed(compare(value, each), n => n === 0)), false);
    };
  }

  #list(expr: Expr, scope: Scope): (env: Env) => Value[] {
    const lifted = expr.type === 'string' ? listAt(expr.value) : undefined;
    if (lifted !== undefined) return () => this.lists[lifted];
    if (expr.type === 'list' || expr.type === 'array') {
      const values = expr.expressions.map(part => this.#compile(part, scope));
      return env => values.map(value => value(env));
    }
    if (isSelect(expr)) {
      const rows = this.#select(expr, scope);
      return env => rows(env).rows.map(row => row[0]);
    }
    const single = this.#compile(expr, scope);
    return env => [single(env)];
  }

  #compile(expr: Expr, scope: Scope): Evaluator {
    switch (expr.type) {
      case 'string':
      case 'integer':
      case 'numeric':
        return () => (expr.value === '' ? null : expr.value);
      case 'boolean':
        return () => (expr.value ? 'T' : 'F');
      case 'null':
        return () => null;
      case 'ref':
        return this.#reference(expr.name.toLowerCase(), expr.table?.name.toLowerCase(), scope);
      case 'unary': {
        if (expr.op !== '-' && expr.op !== '+') return flagged(this.#condition(expr, scope));
        const operand = this.#compile(expr.operand, scope);
        return env => arithmetic('*', operand(env), expr.op === '-' ? -1 : 1);
      }
      case 'binary': {
        if (!['+', '-', '*', '/', '||'].includes(expr.op)) return flagged(this.#condition(expr, scope));
        const [left, right] = [this.#compile(expr.left, scope), this.#compile(expr.right, scope)];
        return expr.op === '||' ? env => concatenate(left(env), right(env)) : env => arithmetic(expr.op, left(env), right(env));
      }
      case 'case':
        return this.#caseOf(expr, scope);
      case 'call':
        return this.#call(expr, scope);
      default: {
        if (!isSelect(expr)) throw fault(`Search error occurred: ${expr.type} is not supported.`);
        const rows = this.#select(expr, scope);
        return env => rows(env).rows[0]?.[0] ?? null;
      }
    }
  }

  #reference(name: string, alias: string | undefined, scope: Scope): Evaluator {
    if (alias === undefined && name === 'rownum') return env => env.rownum;
    if (alias === undefined && name === 'sysdate') return () => clockNow();
    const found = scope.find(name, alias);
    if (!found) throw unknownIdentifier(alias === undefined ? name : `${alias}.${name}`, scope);
    return env => read(found.column, found.row(env));
  }

  #caseOf(expr: Extract<Expr, { type: 'case' }>, scope: Scope): Evaluator {
    const subject = expr.value ? this.#compile(expr.value, scope) : undefined;
    const whens = expr.whens.map(({ when, value }) => {
      const test = subject ? this.#compile(when, scope) : undefined;
      const condition = subject ? undefined : this.#condition(when, scope);
      return {
        holds: (env: Env) => (condition ? condition(env) === true : compare(subject!(env), test!(env)) === 0),
        value: this.#compile(value, scope),
      };
    });
    const otherwise = expr.else ? this.#compile(expr.else, scope) : () => null;
    return env => (whens.find(({ holds }) => holds(env))?.value ?? otherwise)(env);
  }

  #call(expr: Extract<Expr, { type: 'call' }>, scope: Scope): Evaluator {
    const name = expr.function.name.toLowerCase();
    if (expr.function.schema?.toLowerCase() === 'builtin') return this.#builtin(name, expr.args, scope);
    const aggregate = AGGREGATES[name];
    if (aggregate) {
      const [argument] = expr.args;
      const every = argument.type === 'ref' && argument.name === '*';
      const value = every ? () => 1 : this.#compile(argument, scope);
      return env => {
        const values = (env.group ?? [env.tuple]).map(tuple => value({ ...env, tuple, group: undefined })).filter(each => !isNull(each));
        return aggregate(expr.distinct === 'distinct' ? [...new Map(values.map(each => [String(each), each])).values()] : values);
      };
    }
    const work = FUNCTIONS[name];
    if (!work) throw fault(`Search error occurred: Unknown function '${expr.function.name}'.`);
    const values = expr.args.map(argument => this.#compile(argument, scope));
    return env => work(...values.map(value => value(env)));
  }

  /** BUILTIN.DF: the display text of a column. */
  #builtin(name: string, args: Expr[], scope: Scope): Evaluator {
    const [argument] = args;
    if (name !== 'df' || argument?.type !== 'ref') throw fault(`Search error occurred: Unknown function 'BUILTIN.${name.toUpperCase()}'.`);
    const plain = this.#reference(argument.name.toLowerCase(), argument.table?.name.toLowerCase(), scope);
    const found = scope.find(argument.name.toLowerCase(), argument.table?.name.toLowerCase());
    if (!found?.column.display) return plain;
    return env => {
      const row = found.row(env);
      return row === undefined ? null : found.column.display!(row);
    };
  }
}

/** The column of the new table, and both sides' values. */
interface JoinKey {
  column: string;
  ofNew: Evaluator;
  ofOld: Evaluator;
}

const keyText = (value: Value): string => (value instanceof Date ? String(value.getTime()) : String(value));
const lookUp = (equal: (value: Value) => unknown[], value: Value): unknown[] => (isNull(value) ? [] : equal(value));

function conjunctsOf(expr: Expr | null | undefined): Expr[] {
  if (!expr) return [];
  return expr.type === 'binary' && expr.op === 'AND' ? [...conjunctsOf(expr.left), ...conjunctsOf(expr.right)] : [expr];
}

const COMPARISONS: Record<string, (n: number) => boolean> = {
  '=': n => n === 0,
  '!=': n => n !== 0,
  '<>': n => n !== 0,
  '<': n => n < 0,
  '<=': n => n <= 0,
  '>': n => n > 0,
  '>=': n => n >= 0,
};

const isNull = (value: Value): boolean => value === null || value === '';
const isSelect = (expr: unknown): expr is SelectStatement => ['select', 'union', 'union all'].includes((expr as { type: string }).type);
const read = (column: Column, row: unknown): Value => (row === undefined ? null : column.value(row));
const signed = (comparison: number | null, test: (n: number) => boolean): Truth => (comparison === null ? null : test(comparison));
const not = (value: Truth): Truth => (value === null ? null : !value);
const and = (a: Truth, b: () => Truth): Truth => (a === false ? false : b() === false ? false : a === null || b() === null ? null : true);
const or = (a: Truth, b: () => Truth): Truth => (a === true ? true : b() === true ? true : a === null || b() === null ? null : false);
const flagged =
  (condition: (env: Env) => Truth): Evaluator =>
  env =>
    condition(env) === null ? null : condition(env) ? 'T' : 'F';
const likePattern = (pattern: string): RegExp =>
  new RegExp(
    `^${pattern
      .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
      .replaceAll('%', '.*')
      .replaceAll('_', '.')}$`,
    's',
  );
const distinct = (rows: Value[][]): Value[][] => [...new Map(rows.map(row => [JSON.stringify(row), row])).values()];

function parseOne(text: string): SelectStatement {
  let statements;
  try {
    statements = parse(text.replace(/;\s*$/, ''));
  } catch (error) {
    throw fault(`Search error occurred: Invalid or unsupported search. ${String((error as Error).message).split('\n')[0]}`);
  }
  if (statements.length !== 1) throw fault('Search error occurred: Invalid or unsupported search. One statement is expected.');
  return statements[0] as SelectStatement;
}

function groups(rows: Env[], groupBy: Evaluator[] | undefined, outer: Env): Env[] {
  if (!groupBy) return [{ tuple: rows[0]?.tuple ?? [], group: rows.map(row => row.tuple), rownum: 1, outer }];
  const byKey = Map.groupBy(rows, row => JSON.stringify(groupBy.map(by => by(row))));
  return [...byKey.values()].map((group, index) => ({ tuple: group[0].tuple, group: group.map(row => row.tuple), rownum: index + 1, outer }));
}

interface OrderKey {
  column?: number;
  value?: Evaluator;
  descending: boolean;
  nullsFirst: boolean;
}

/** Oracle's order: nulls last ascending, first descending. */
function ordered(a: { row: Env; values: Value[] }, b: { row: Env; values: Value[] }, keys: OrderKey[]): number {
  for (const { column, value, descending, nullsFirst } of keys) {
    const [left, right] = [a, b].map(each => (column === undefined ? value!(each.row) : each.values[column]));
    const direction = descending ? -1 : 1;
    const comparison =
      isNull(left) || isNull(right) ? (Number(isNull(left)) - Number(isNull(right))) * (nullsFirst ? -direction : 1) : compare(left, right);
    if (comparison) return comparison * direction;
  }
  return 0;
}

/** FETCH FIRST n ROWS ONLY. */
function limitOf({ limit }: SelectFromStatement): number | undefined {
  if (!limit?.limit) return undefined;
  if (limit.limit.type !== 'integer') throw fault('Search error occurred: Invalid or unsupported search. A number of rows is expected.');
  return limit.limit.value;
}

function hasAggregate(expr: unknown): boolean {
  if (typeof expr !== 'object' || expr === null || isSelect(expr)) return false;
  const call = expr as { type?: string; function?: { name: string; schema?: string } };
  if (call.type === 'call' && call.function && !call.function.schema && call.function.name.toLowerCase() in AGGREGATES) return true;
  return Object.values(expr).some(part => (Array.isArray(part) ? part.some(hasAggregate) : hasAggregate(part)));
}

/** A column besides an aggregate must be in GROUP BY. */
function refuseUngrouped(statement: SelectFromStatement): void {
  const [columns, groupBy] = [statement.columns ?? [], statement.groupBy ?? []];
  const keys = new Set(groupBy.map(by => JSON.stringify(by)));
  const loose = columns.find(({ expr }) => !hasAggregate(expr) && hasReference(expr) && !keys.has(JSON.stringify(expr)) && !coveredBy(expr, keys));
  if (loose) throw fault('Search error occurred: Invalid or unsupported search. not a GROUP BY expression.');
}

function coveredBy(expr: unknown, keys: Set<string>): boolean {
  if (typeof expr !== 'object' || expr === null) return true;
  if (keys.has(JSON.stringify(expr))) return true;
  if ((expr as { type?: string }).type === 'ref') return false;
  return Object.values(expr).every(part => (Array.isArray(part) ? part.every(each => coveredBy(each, keys)) : coveredBy(part, keys)));
}

const hasReference = (expr: unknown): boolean =>
  typeof expr === 'object' &&
  expr !== null &&
  ((expr as { type?: string }).type === 'ref' ||
    Object.values(expr).some(part => (Array.isArray(part) ? part.some(hasReference) : hasReference(part))));
