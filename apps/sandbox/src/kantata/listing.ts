import type { Account, KantataRow } from './account.js';
import { badRequest, notFound } from './answers.js';
import { subjectTable, type Fields, type Include, type Range, type Resource } from './resource.js';

type Test = (row: KantataRow) => boolean;

interface Page {
  offset: number;
  limit: number;
}

/** Finds, orders, pages and presents rows in Kantata's envelope. */
export class Listing {
  constructor(
    private readonly account: Account,
    private readonly resources: Map<string, Resource>,
  ) {}

  /** GET list. */
  list(resource: Resource, query: URLSearchParams): object {
    if (resource.requiredFilter && !query.has(resource.requiredFilter)) throw badRequest(`${resource.requiredFilter} is required`);
    const { offset, limit, page, perPage } = window(query);
    const paged = !query.has('only');
    const { count, rows } = this.#find(resource, query, paged ? { offset, limit } : { offset: 0, limit: Infinity });
    const size = paged ? limit : Math.max(count, 1);
    const meta = { count, page_count: Math.ceil(count / size), page_number: count === 0 ? 0 : page, page_size: perPage };
    return { count, ...this.envelope(resource, rows, query), meta };
  }

  /** GET one: 404 when it is missing or hidden by a default filter. */
  one(resource: Resource, id: string, query: URLSearchParams): object {
    const row = this.account.get(resource.plural, id);
    if (!row || !(resource.visible?.(row, query, this.account) ?? true)) throw notFound(`${resource.singular} ${id}`);
    return { count: 1, ...this.envelope(resource, [row], query), meta: { count: 1, page_count: 1, page_number: 1, page_size: 20 } };
  }

  /** `results` in order, the rows by id, and what `include` asks for under keys of its own. */
  envelope(resource: Resource, rows: KantataRow[], query: URLSearchParams): Fields {
    const wanted = (query.get('include') ?? '').split(',').filter(name => name !== '');
    const body: Fields = { results: rows.map(row => ({ key: resource.plural, id: row.id })) };
    const shown: Record<string, Fields> = {};
    for (const row of rows) shown[row.id] = this.#shown(resource, row, query);
    body[resource.plural] = shown;
    for (const name of wanted) {
      if (name === 'subject' && 'subject_type' in (rows[0] ?? {})) this.#includeSubjects(rows, shown, body, query);
      const include = resource.includes[name];
      if (include) this.#include(include, rows, shown, body, query);
    }
    return body;
  }

  #shown(resource: Resource, row: KantataRow, query: URLSearchParams): Fields {
    const optional = (query.get('optional_fields') ?? '').split(',').filter(name => resource.optional?.[name]);
    return {
      id: row.id,
      ...resource.shown(row, this.account),
      ...Object.fromEntries(optional.map(name => [name, resource.optional![name](row, this.account)])),
    };
  }

  #include(include: Include, rows: KantataRow[], shown: Record<string, Fields>, body: Fields, query: URLSearchParams): void {
    const side = (body[include.key] ??= {}) as Record<string, Fields>;
    for (const row of rows) {
      const found = include.of(row, this.account);
      shown[row.id][include.field] = include.many ? found.map(other => other.id) : (found[0]?.id ?? null);
      for (const other of found) side[other.id] ??= this.#shown(this.resources.get(include.key)!, other, query);
    }
  }

  #includeSubjects(rows: KantataRow[], shown: Record<string, Fields>, body: Fields, query: URLSearchParams): void {
    for (const row of rows) {
      const key = subjectTable(row.subject_type, row.subject_id, this.account);
      const subject = this.account.get(key, row.subject_id);
      shown[row.id].subject_ref = subject ? { key, id: subject.id } : null;
      if (subject) ((body[key] ??= {}) as Record<string, Fields>)[subject.id] ??= this.#shown(this.resources.get(key)!, subject, query);
    }
  }

  // ---- finding
  // -------------------------------------------------------------------------------------------------------------

  /**
   * Reads as few rows as the query allows: the rows that it names, or a range of the smallest
   * order; of that range only one page if no test is left.
   */
  #find(resource: Resource, query: URLSearchParams, page: Page): { count: number; rows: KantataRow[] } {
    const ranges = this.#ranges(resource, query);
    const order = orderOf(resource, query);
    const tests = this.#tests(resource, query);
    const named = this.#named(resource, query);
    if (named) return this.#sorted(named, [...tests, ...ranges.map(within)], order, page);
    const shortest = ranges.map(range => ({ range, ...this.#stretch(resource, range) })).sort((a, b) => a.to - a.from - (b.to - b.from))[0];
    const all = this.account.sorted(resource.plural, order.field);
    // Sorting a few is less than walking over many.
    if (shortest && shortest.range.field !== order.field && (shortest.to - shortest.from) * SORTED_AS_DEAR_AS < all.size) {
      const rows = [...this.account.sorted(resource.plural, shortest.range.field).between(shortest.from, shortest.to)];
      return this.#sorted(rows, [...tests, ...ranges.map(within)], order, page);
    }
    const along = ranges.filter(({ field }) => field === order.field).map(range => this.#stretch(resource, range));
    const [from, to] = [Math.max(0, ...along.map(one => one.from)), Math.min(all.size, ...along.map(one => one.to))];
    const across = [...tests, ...ranges.filter(({ field }) => field !== order.field).map(within)];
    if (across.length === 0) {
      const [first, last] = order.backwards
        ? [to - page.offset - page.limit, to - page.offset]
        : [from + page.offset, from + page.offset + page.limit];
      const rows = [...all.between(Math.max(first, from), Math.min(last, to), order.backwards)];
      return { count: Math.max(0, to - from), rows };
    }
    return taken(all.between(from, to, order.backwards), across, page);
  }

  #sorted(rows: KantataRow[], tests: Test[], { field, backwards }: Order, page: Page): { count: number; rows: KantataRow[] } {
    const sign = backwards ? -1 : 1;
    const key = (row: KantataRow) => String(row[field] ?? '');
    const found = rows.filter(row => tests.every(test => test(row)));
    found.sort((a, b) => sign * (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : Number(a.id) - Number(b.id)));
    return { count: found.length, rows: found.slice(page.offset, page.offset + page.limit) };
  }

  /** The rows that a query names: by their ids, by a reference, or by the resource's own index. */
  #named(resource: Resource, query: URLSearchParams): KantataRow[] | undefined {
    const only = query.get('only')?.split(',');
    if (only) return [...new Set(only)].map(id => this.account.get(resource.plural, id)).filter(row => row !== undefined);
    const [name, model, refs] = ['service_name', 'service_model', 'service_model_refs'].map(part => query.get(`external_reference_${part}`));
    if (resource.subject && name && model && refs) {
      const references = refs.split(',').flatMap(ref => this.account.referencesTo(`${name}:${model}:${ref}`));
      const found = references.filter(ref => ref.subject_type === resource.subject).map(ref => this.account.get(resource.plural, ref.subject_id));
      return [...new Set(found.filter(row => row !== undefined))];
    }
    const candidates = resource.candidates?.(query, this.account);
    return candidates && [...new Set(candidates)];
  }

  #ranges(resource: Resource, query: URLSearchParams): Range[] {
    const ranges: Range[] = resource.kept ? [resource.kept()] : [];
    for (const [name, value] of query) {
      const range = resource.ranges?.[name];
      if (range) ranges.push(range(value));
      else if (/^(created|updated)_(after|before)$/.test(name)) ranges.push(moment(name, value));
    }
    return ranges;
  }

  /** Where a range begins and ends in the order of its field. */
  #stretch(resource: Resource, { field, above, from, below, upTo }: Range): { from: number; to: number } {
    const rows = this.account.sorted(resource.plural, field);
    const value = (row: KantataRow) => String(row[field] ?? '');
    const first = above === undefined ? (from === undefined ? 0 : rows.rank(row => value(row) >= from)) : rows.rank(row => value(row) > above);
    const last = below === undefined ? (upTo === undefined ? rows.size : rows.rank(row => value(row) > upTo)) : rows.rank(row => value(row) >= below);
    return { from: first, to: Math.max(first, last) };
  }

  #tests(resource: Resource, query: URLSearchParams): Test[] {
    const { account } = this;
    const tests: Test[] = [];
    if (resource.visible && !(resource.allVisible?.(query, account) ?? false)) tests.push(row => resource.visible!(row, query, account));
    for (const [name, value] of query) {
      const filter = resource.filters[name];
      if (filter) tests.push(row => filter(row, value, account));
      else if (name.startsWith('external_reference_') && resource.subject) tests.push(row => this.#referenced(resource, row, name, value));
      else if (name === 'has_external_references')
        tests.push(row => account.referencesOf(`${resource.subject}:${row.id}`).length > 0 === (value === 'true'));
      else if (name === 'without_external_reference_service_name')
        tests.push(row => account.referencesOf(`${resource.subject}:${row.id}`).every(ref => ref.service_name !== value));
    }
    return tests;
  }

  #referenced(resource: Resource, row: KantataRow, name: string, value: string): boolean {
    const part = name.slice('external_reference_'.length);
    const field = part === 'service_model_refs' ? 'service_model_ref' : part;
    const values = part === 'service_model_refs' ? value.split(',') : [value];
    if (values.length > 200) throw badRequest(`${name}: no more than 200`);
    return this.account.referencesOf(`${resource.subject}:${row.id}`).some(ref => values.includes(String(ref[field])));
  }
}

/** Sorting a row costs about as much as walking over so many. */
const SORTED_AS_DEAR_AS = 8;

interface Order {
  field: string;
  backwards: boolean;
}

function orderOf(resource: Resource, query: URLSearchParams): Order {
  const asked = query.get('order');
  const known = asked && resource.orders.includes(asked.split(':')[0]) ? asked : resource.defaultOrder;
  const [name, direction = 'asc'] = known.split(':');
  return { field: resource.orderFields?.[name] ?? name, backwards: direction === 'desc' };
}

/** Counts all matches and keeps one page of them. */
function taken(rows: Iterable<KantataRow>, tests: Test[], { offset, limit }: Page): { count: number; rows: KantataRow[] } {
  const kept: KantataRow[] = [];
  let count = 0;
  for (const row of rows) {
    if (!tests.every(test => test(row))) continue;
    if (count >= offset && kept.length < limit) kept.push(row);
    count++;
  }
  return { count, rows: kept };
}

const within =
  ({ field, above, from, below, upTo }: Range): Test =>
  row => {
    const value = String(row[field] ?? '');
    return (
      (above === undefined || value > above) &&
      (from === undefined || value >= from) &&
      (below === undefined || value < below) &&
      (upTo === undefined || value <= upTo)
    );
  };

/** Moments are stored in one form, whose texts sort by time. */
function moment(name: string, value: string): Range {
  const [field, side] = name.split('_');
  const at = new Date(value);
  if (Number.isNaN(at.getTime())) throw badRequest(`${name} is not a time`);
  return { field: `${field}_at`, [side === 'after' ? 'above' : 'below']: at.toISOString() };
}

/** `limit` and `offset` win when both are given; over 200 is cut, below 1 is 20. */
function window(query: URLSearchParams): { offset: number; limit: number; page: number; perPage: number } {
  const size = (name: string) => {
    const asked = Number(query.get(name) ?? 20);
    return !Number.isInteger(asked) || asked < 1 ? 20 : Math.min(asked, 200);
  };
  const perPage = size('per_page');
  const page = Math.max(1, Number(query.get('page') ?? 1) || 1);
  if (query.has('limit') && query.has('offset'))
    return { offset: Math.max(0, Number(query.get('offset')) || 0), limit: size('limit'), page: 1, perPage };
  return { offset: (page - 1) * perPage, limit: perPage, page, perPage };
}
