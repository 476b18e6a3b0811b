import { isFilterable, type ObjectSchema, type SfRecord, type Value } from '../schema.js';
import { compare, comparison, inclusion, membership, type ComparedField } from './conditions.js';
import { soqlError } from './soql-error.js';
import { Names, type Column, type Rows } from './names.js';
import type { AggregateName, Condition, Item, Operand, Order, Path, Query } from './tree.js';

export type Row = Record<string, unknown>;

export interface RunOptions {
  rows: Rows;
  now: Date;
  /** queryAll: rows in the recycle bin too. */
  deleted: boolean;
}

/** Fields to show of one object, in the order asked, with those of its parents and its children. */
export interface Projection {
  object: ObjectSchema;
  parts: (
    | { kind: 'field'; column: Column }
    | { kind: 'parent'; name: string; by: string; of: Projection }
    | { kind: 'children'; name: string; select: Select }
  )[];
}

const MOST_OFFSET = 2000;

/**
 * A query bound to the org: its names are resolved and its literals checked. `ids` runs it;
 * `project` shows one row. Sub-queries are selects of their own, which get the parent's id when
 * they run.
 */
export class Select {
  readonly object: ObjectSchema;
  readonly aggregate: boolean;
  readonly counted: boolean;
  readonly projection: Projection;
  readonly #names: Names;
  readonly #test: ((record: SfRecord) => boolean) | null;
  readonly #order: (a: SfRecord, b: SfRecord) => number;

  constructor(
    private readonly query: Query,
    private readonly o: RunOptions,
    names = Names.forObject(o.rows, query),
    private readonly parentField?: string,
  ) {
    this.#names = names;
    this.object = names.object;
    this.counted = isPlainCount(query);
    this.aggregate = !this.counted && (query.groupBy.length > 0 || query.items.some(item => item.kind === 'aggregate'));
    this.#checkOffset();
    this.projection = this.aggregate || this.counted ? { object: this.object, parts: [] } : this.#project(query.items);
    this.#test = query.where ? this.#condition(query.where, path => names.column(path)) : null;
    this.#order = this.aggregate ? () => 0 : this.#orderOfRecords();
    if (this.aggregate) this.#aggregates();
  }

  /** The rows it finds, in order, within LIMIT and OFFSET. `parentId` for a sub-query. */
  records(parentId?: string): SfRecord[] {
    const found = this.#filtered(parentId);
    if (this.query.orderBy.length > 0) found.sort(this.#order);
    const offset = this.query.offset ?? 0;
    return found.slice(offset, this.query.limit === undefined ? undefined : offset + this.query.limit);
  }

  count(): number {
    return Math.min(this.#filtered().length, this.query.limit ?? Infinity);
  }

  /** Rows of GROUP BY and aggregates: `{ attributes: { type: 'AggregateResult' }, … }`. */
  groups(): Row[] {
    const { columns, shown, having, orderBy } = this.#aggregates();
    const grouped = Map.groupBy(this.#filtered(), record => JSON.stringify(columns.map(column => column.read(record))));
    const groups = grouped.size === 0 && columns.length === 0 ? [[]] : [...grouped.values()];
    const kept = groups.filter(group => having === null || having(group)).sort(orderBy);
    const offset = this.query.offset ?? 0;
    return kept.slice(offset, offset + (this.query.limit ?? Infinity)).map(group => ({
      attributes: { type: 'AggregateResult' },
      ...Object.fromEntries(shown.map(({ name, read }) => [name, read(group)])),
    }));
  }

  #filtered(parentId?: string): SfRecord[] {
    const candidates = this.#candidates(parentId);
    return this.#test ? candidates.filter(this.#test) : candidates;
  }

  /** All rows, or fewer when an index answers one of the conditions that must hold. */
  #candidates(parentId?: string): SfRecord[] {
    const { rows, deleted } = this.o;
    if (this.parentField) return [...(rows.lookUp(this.object, this.object.byName.get(this.parentField.toLowerCase())!, parentId!, deleted) ?? [])];
    return this.#indexed(this.query.where) ?? [...rows.all(this.object, deleted)];
  }

  #indexed(condition: Condition | undefined): SfRecord[] | null {
    if (condition?.kind === 'and') return condition.of.reduce<SfRecord[] | null>((found, one) => found ?? this.#indexed(one), null);
    const keyed =
      condition?.kind === 'compare' && condition.operator === '='
        ? [condition.literal]
        : condition?.kind === 'in' && !condition.negated
          ? condition.literals
          : null;
    if (!keyed || !condition || !('operand' in condition) || condition.operand.kind !== 'field') return null;
    const column = this.#names.column(condition.operand.path);
    if (column.steps.length > 0) return null;
    const found = new Map<string, SfRecord>();
    for (const literal of keyed) {
      const rows =
        literal.kind === 'string' && literal.text !== '' ? this.o.rows.lookUp(this.object, column.field, literal.text, this.o.deleted) : null;
      if (!rows) return null;
      for (const row of rows) found.set(row.id, row);
    }
    return [...found.values()];
  }

  #checkOffset(): void {
    const { offset, text } = this.query;
    if (offset === undefined) return;
    if (this.parentField) throw soqlError(text, text.toUpperCase().indexOf('OFFSET'), 'OFFSET is not supported in this sub-query');
    if (offset > MOST_OFFSET)
      throw soqlError(text, text.toUpperCase().lastIndexOf('OFFSET'), `Maximum SOQL offset allowed is ${MOST_OFFSET}`, 'NUMBER_OUTSIDE_VALID_RANGE');
  }

  #project(items: Item[]): Projection {
    const root: Projection = { object: this.object, parts: [] };
    const seen = new Set<string>();
    for (const item of items) {
      if (item.kind === 'children') this.#addChildren(root, item.query);
      else if (item.kind === 'fields') this.#addAll(root, item, seen);
      else if (item.kind === 'field') this.#addField(root, item, seen);
    }
    return root;
  }

  #addField(root: Projection, item: Item & { kind: 'field' }, seen: Set<string>): void {
    const column = this.#names.column(item.path);
    if (item.alias) throw soqlError(this.query.text, item.path.at, 'only aggregate expressions use field aliasing');
    const path = column.text.toLowerCase();
    if (seen.has(path)) throw soqlError(this.query.text, item.path.at, `duplicate field selected: ${column.text}`, 'INVALID_FIELD');
    seen.add(path);
    let at = root;
    for (const { relationship, by, to } of column.steps) {
      const known = at.parts.find(part => part.kind === 'parent' && part.name === relationship);
      const of: Projection = known?.kind === 'parent' ? known.of : { object: to, parts: [] };
      if (!known) at.parts.push({ kind: 'parent', name: relationship, by: by.name, of });
      at = of;
    }
    at.parts.push({ kind: 'field', column });
  }

  #addAll(root: Projection, { which, at }: Item & { kind: 'fields' }, seen: Set<string>): void {
    if (which !== 'STANDARD' && (this.query.limit ?? Infinity) > 200) {
      throw soqlError(this.query.text, at, `The SOQL FIELDS function must have a LIMIT of at most 200`);
    }
    const wanted = this.object.fields.filter(field => which === 'ALL' || field.name.endsWith('__c') === (which === 'CUSTOM'));
    for (const field of wanted)
      if (!seen.has(field.name.toLowerCase())) this.#addField(root, { kind: 'field', path: { names: [field.name], at } }, seen);
  }

  #addChildren(root: Projection, query: Query): void {
    const { name, child, field } = this.#names.child(query.from);
    if (query.groupBy.length > 0 || query.items.some(item => item.kind === 'aggregate')) {
      throw soqlError(this.query.text, query.from.at, 'aggregate functions are not supported in a sub-query');
    }
    root.parts.push({ kind: 'children', name, select: new Select(query, this.o, new Names(this.o.rows, query, child), field.name) });
  }

  /** Compiles a condition into a test of a record. */
  #condition(condition: Condition, column: (path: Path) => Column): (record: SfRecord) => boolean {
    return this.#compile<SfRecord>(condition, operand => {
      if (operand.kind === 'aggregate') throw soqlError(this.query.text, operand.at, `unexpected token: '${operand.fn}'`);
      const found = column(operand.path);
      if (!isFilterable(found.field)) {
        throw soqlError(this.query.text, operand.path.at, `field '${found.text}' can not be filtered in a query call`, 'INVALID_FIELD');
      }
      return { compared: { name: found.text, type: found.field.type }, read: found.read };
    });
  }

  #compile<T>(condition: Condition, bind: (operand: Operand) => { compared: ComparedField; read(from: T): Value }): (from: T) => boolean {
    const { text } = this.query;
    const { now } = this.o;
    if (condition.kind === 'and' || condition.kind === 'or') {
      const tests = condition.of.map(one => this.#compile(one, bind));
      return condition.kind === 'and' ? from => tests.every(test => test(from)) : from => tests.some(test => test(from));
    }
    if (condition.kind === 'not') {
      const test = this.#compile(condition.of, bind);
      return from => !test(from);
    }
    const { compared, read } = bind(condition.operand);
    if (condition.kind === 'compare') {
      const test = comparison(text, condition.at, compared, condition.operator, condition.literal, now);
      return from => test(read(from));
    }
    if (condition.kind === 'in-query') {
      const ids = this.#subqueryValues(condition.query);
      return from => ids.has(read(from)) !== condition.negated;
    }
    const test =
      condition.kind === 'in' ? membership(text, compared, condition.literals, now) : inclusion(text, condition.at, compared, condition.literals);
    return from => test(read(from)) !== condition.negated;
  }

  /** The values of a semi-join: `Id IN (SELECT AccountId FROM Opportunity …)`. */
  #subqueryValues(query: Query): Set<Value> {
    const select = new Select(query, this.o);
    const [part] = select.projection.parts;
    if (select.projection.parts.length !== 1 || part.kind !== 'field') {
      throw soqlError(this.query.text, query.from.at, 'Expected only one field in the sub-select of the IN operator');
    }
    return new Set(select.records().map(record => part.column.read(record)));
  }

  #orderOfRecords(): (a: SfRecord, b: SfRecord) => number {
    if (this.counted && this.query.orderBy.length > 0) throw soqlError(this.query.text, this.query.from.at, 'ORDER BY is not allowed with COUNT()');
    return inOrder(this.query.orderBy, operand => {
      if (operand.kind === 'aggregate') throw soqlError(this.query.text, operand.at, 'aggregate in ORDER BY needs GROUP BY');
      const column = this.#names.column(operand.path);
      if (['textarea', 'multipicklist', 'address'].includes(column.field.type)) {
        throw soqlError(this.query.text, operand.path.at, `field '${column.text}' can not be sorted in a query call`);
      }
      return column.read;
    });
  }

  #aggregates() {
    const { text, groupBy, items, having } = this.query;
    const columns = groupBy.map(path => this.#groupable(this.#names.column(path)));
    const read = (operand: Operand): { compared: ComparedField; read(group: SfRecord[]): Value } => {
      if (operand.kind === 'aggregate') return this.#aggregate(operand);
      const column = this.#names.column(operand.path);
      if (!columns.some(grouped => grouped.text.toLowerCase() === column.text.toLowerCase())) {
        throw soqlError(text, operand.path.at, `Field must be grouped or aggregated: ${column.text}`);
      }
      return { compared: { name: column.text, type: column.field.type }, read: group => (group.length ? column.read(group[0]) : null) };
    };
    let unnamed = 0;
    const shown = items.map(item => {
      if (item.kind === 'children' || item.kind === 'fields') throw soqlError(text, this.query.from.at, 'sub-queries are not allowed with GROUP BY');
      const name = item.alias ?? (item.kind === 'field' ? item.path.names.at(-1)! : `expr${unnamed++}`);
      return { name, read: read(item).read };
    });
    const orderBy = inOrder<SfRecord[]>(this.query.orderBy, operand => read(operand).read);
    return { columns, shown, having: having ? this.#compile<SfRecord[]>(having, read) : null, orderBy };
  }

  #groupable(column: Column): Column {
    if (!['textarea', 'multipicklist', 'address', 'double', 'currency', 'percent', 'datetime'].includes(column.field.type)) return column;
    throw soqlError(this.query.text, column.at, `field '${column.text}' can not be grouped in a query call`);
  }

  #aggregate({ fn, path, at }: { fn: AggregateName; path: Path | null; at: number }): { compared: ComparedField; read(group: SfRecord[]): Value } {
    if (!path) throw soqlError(this.query.text, at, 'COUNT() must be the only item of the SELECT');
    const column = this.#names.column(path);
    const { type } = column.field;
    const numeric = type === 'int' || type === 'double' || type === 'currency' || type === 'percent';
    if ((fn === 'SUM' || fn === 'AVG') && !numeric) {
      throw soqlError(this.query.text, at, `field ${column.text} does not support aggregate operator ${fn}`, 'INVALID_FIELD');
    }
    const counts = fn === 'COUNT' || fn === 'COUNT_DISTINCT';
    return { compared: { name: column.text, type: counts ? 'int' : type }, read: group => aggregated(fn, group.map(column.read)) };
  }
}

/** True for `SELECT COUNT() FROM …`. */
function isPlainCount({ text, items, groupBy }: Query): boolean {
  const count = items.find(item => item.kind === 'aggregate' && item.path === null);
  if (!count || count.kind !== 'aggregate') return false;
  if (items.length > 1 || groupBy.length > 0) throw soqlError(text, count.at, 'COUNT() must be the only item of the SELECT');
  return true;
}

function aggregated(fn: AggregateName, all: Value[]): Value {
  const values = all.filter(value => value !== null);
  const numbers = values.filter(value => typeof value === 'number');
  const sum = Number(numbers.reduce((total, next) => total + next, 0).toFixed(6));
  switch (fn) {
    case 'COUNT':
      return values.length;
    case 'COUNT_DISTINCT':
      return new Set(values.map(value => (typeof value === 'string' ? value.toLowerCase() : value))).size;
    case 'SUM':
      return numbers.length ? sum : null;
    case 'AVG':
      return numbers.length ? sum / numbers.length : null;
    case 'MIN':
      return values.reduce<Value>((least, next) => (least === null || compare(next, least) < 0 ? next : least), null);
    case 'MAX':
      return values.reduce<Value>((most, next) => (most === null || compare(next, most) > 0 ? next : most), null);
  }
}

/** Sorts by the given keys; nulls first unless NULLS LAST, in either direction. */
function inOrder<T>(orders: Order[], bind: (operand: Operand) => (from: T) => Value): (a: T, b: T) => number {
  const keys = orders.map(order => ({ ...order, read: bind(order.operand) }));
  return (a, b) => {
    for (const { read, descending, nullsLast } of keys) {
      const [x, y] = [read(a), read(b)];
      if ((x === null) !== (y === null)) return (x === null) === nullsLast ? 1 : -1;
      const order = compare(x, y);
      if (order !== 0) return descending ? -order : order;
    }
    return 0;
  };
}
