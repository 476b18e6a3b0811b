import type { Account, KantataRow } from './account.js';
import { badRequest, notFound } from './answers.js';
import { subjectTable, type Fields, type Include, type Resource } from './resource.js';

/** Finds, orders, pages and presents rows in Kantata's envelope. */
export class Listing {
  constructor(
    private readonly account: Account,
    private readonly resources: Map<string, Resource>,
  ) {}

  /** GET list. */
  list(resource: Resource, query: URLSearchParams): object {
    if (resource.requiredFilter && !query.has(resource.requiredFilter)) throw badRequest(`${resource.requiredFilter} is required`);
    const found = this.#order(resource, this.#matching(resource, query), query);
    const { offset, limit, page, perPage } = window(query);
    const rows = query.has('only') ? found : found.slice(offset, offset + limit);
    const size = query.has('only') ? Math.max(found.length, 1) : limit;
    const meta = { count: found.length, page_count: Math.ceil(found.length / size), page_number: found.length === 0 ? 0 : page, page_size: perPage };
    return { count: found.length, ...this.envelope(resource, rows, query), meta };
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
      const key = subjectTable(row.subject_type);
      const subject = this.account.get(key, row.subject_id);
      shown[row.id].subject_ref = subject ? { key, id: subject.id } : null;
      if (subject) ((body[key] ??= {}) as Record<string, Fields>)[subject.id] ??= this.#shown(this.resources.get(key)!, subject, query);
    }
  }

  #matching(resource: Resource, query: URLSearchParams): KantataRow[] {
    const only = query.get('only')?.split(',');
    const rows = only ? only.map(id => this.account.get(resource.plural, id)).filter(row => row !== undefined) : this.#candidates(resource, query);
    const tests = this.#tests(resource, query);
    return rows.filter(row => (resource.visible?.(row, query, this.account) ?? true) && tests.every(test => test(row)));
  }

  /** By reference or by the resource's own index where the query allows it, else all. */
  #candidates(resource: Resource, query: URLSearchParams): KantataRow[] {
    const [name, model, refs] = ['service_name', 'service_model', 'service_model_refs'].map(part => query.get(`external_reference_${part}`));
    if (resource.subject && name && model && refs) {
      const references = refs.split(',').flatMap(ref => this.account.referencesTo(`${name}:${model}:${ref}`));
      const found = references.filter(ref => ref.subject_type === resource.subject).map(ref => this.account.get(resource.plural, ref.subject_id));
      return [...new Set(found.filter(row => row !== undefined))];
    }
    return resource.candidates?.(query, this.account) ?? this.account.table(resource.plural).all();
  }

  #tests(resource: Resource, query: URLSearchParams): ((row: KantataRow) => boolean)[] {
    const tests: ((row: KantataRow) => boolean)[] = [];
    for (const [name, value] of query) {
      const filter = resource.filters[name];
      if (filter) tests.push(row => filter(row, value, this.account));
      else if (/^(created|updated)_(after|before)$/.test(name)) tests.push(time(name, value));
      else if (name.startsWith('external_reference_') && resource.subject) tests.push(row => this.#referenced(resource, row, name, value));
      else if (name === 'has_external_references')
        tests.push(row => this.account.referencesOf(`${resource.subject}:${row.id}`).length > 0 === (value === 'true'));
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

  #order(resource: Resource, rows: KantataRow[], query: URLSearchParams): KantataRow[] {
    const asked = query.get('order');
    const name = asked?.split(':')[0] ?? '';
    const [field, direction = 'asc'] = (asked && resource.orders.includes(name) ? asked : resource.defaultOrder).split(':');
    const sign = direction === 'desc' ? -1 : 1;
    const key = (row: KantataRow) => String(row[field] ?? '');
    return rows.toSorted((a, b) => sign * (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : Number(a.id) - Number(b.id)));
  }
}

function time(name: string, value: string): (row: KantataRow) => boolean {
  const [field, side] = name.split('_');
  const at = Date.parse(value);
  if (Number.isNaN(at)) throw badRequest(`${name} is not a time`);
  return row => {
    const moment = Date.parse(String(row[`${field}_at`]));
    return side === 'after' ? moment > at : moment < at;
  };
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
