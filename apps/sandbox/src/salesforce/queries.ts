import type { Store, Table } from '../kit/index.js';
import { to18, idOf } from './record-id.js';
import type { Org } from './org.js';
import { SalesforceError } from './salesforce-error.js';
import type { SalesforceOptions, SalesforceChoices } from './salesforce-options.js';
import type { FieldSchema, ObjectSchema, SfRecord } from './schema.js';
import { parseSoql } from './soql/grammar.js';
import { Select, type Projection, type Row } from './soql/select.js';

/**
 * An open query with its rows as found, so that later pages belong to the same result. `child` is
 * the position of the sub-query that has these rows.
 */
interface Cursor {
  id: string;
  soql: string;
  deleted: boolean;
  ids: string[];
  child: string | null;
  openedAt: number;
}

const LIFE_MS = 2 * 24 * 3600 * 1000;
const MOST_ROWS = 2000;
const FEWEST_ROWS = 200;

/** Runs queries and hands out their pages. Call inside a transaction. */
export class Queries {
  readonly #cursors: Table<Cursor>;

  constructor(
    private readonly org: Org,
    private readonly store: Store,
    private readonly o: Pick<SalesforceOptions, 'now'> & { choices: SalesforceChoices },
  ) {
    this.#cursors = store.table('QueryCursor');
  }

  run(soql: string, deleted: boolean, base: string, sizeHint: string | undefined): Row {
    const select = this.#select(soql, deleted);
    if (select.counted) return { totalSize: select.count(), done: true, records: this.o.choices.countRecords };
    if (select.aggregate) {
      const records = select.groups();
      return { totalSize: records.length, done: true, records };
    }
    return this.#firstPage(select.records(), select.projection, { soql, deleted, child: null }, base, batchSize(sizeHint));
  }

  /** The page behind a locator: `0r8…-2000`. */
  more(locator: string, base: string, sizeHint: string | undefined): Row {
    const [id, from] = locator.split('-');
    const cursor = this.#cursors.get(to18(id));
    const offset = Number(from);
    const stale = !cursor || this.#now() - cursor.openedAt > LIFE_MS;
    if (stale || !Number.isInteger(offset) || offset < 0 || offset > cursor.ids.length)
      throw new SalesforceError(400, 'INVALID_QUERY_LOCATOR', 'invalid query locator');
    const projection = this.#projection(cursor);
    const records = cursor.ids
      .slice(offset)
      .map(row => this.org.get(projection.object, row))
      .filter(row => row !== undefined);
    return this.#page(records, offset, cursor.ids.length, projection, cursor, base, batchSize(sizeHint));
  }

  /** One record with the given fields, as a read by id shows it. */
  show(object: ObjectSchema, record: SfRecord, fields: string[] | null, base: string): Row {
    const names = fields ?? object.fields.map(field => field.name);
    const unique = [...new Set(names.map(name => name.trim()))];
    try {
      const select = this.#select(`SELECT ${unique.join(', ')} FROM ${object.name}`, true);
      return this.#row(record, select.projection, { soql: '', deleted: false, child: null }, base, MOST_ROWS, '');
    } catch (error) {
      if (!(error instanceof SalesforceError)) throw error;
      const unknown = unique.find(name => !name.includes('.') && !object.byName.has(name.toLowerCase()));
      throw new SalesforceError(
        400,
        'INVALID_FIELD',
        unknown ? `No such column '${unknown}' on sobject of type ${object.name}` : error.errors[0].message,
      );
    }
  }

  #select(soql: string, deleted: boolean): Select {
    return new Select(parseSoql(soql), { rows: this.org.asQueried, now: this.o.now?.() ?? new Date(), deleted });
  }

  #firstPage(records: SfRecord[], projection: Projection, of: Pick<Cursor, 'soql' | 'deleted' | 'child'>, base: string, size: number): Row {
    const cursor =
      records.length > size
        ? this.#open(
            of,
            records.map(row => row.id),
          )
        : { ...of, id: '' };
    return this.#page(records, 0, records.length, projection, cursor, base, size);
  }

  #page(
    records: SfRecord[],
    offset: number,
    totalSize: number,
    projection: Projection,
    cursor: Pick<Cursor, 'id' | 'soql' | 'deleted' | 'child'>,
    base: string,
    size: number,
  ): Row {
    const next = offset + size;
    const done = next >= totalSize;
    return {
      totalSize,
      done,
      ...(done ? {} : { nextRecordsUrl: `${base}/query/${cursor.id}-${next}` }),
      records: records.slice(0, size).map(record => this.#row(record, projection, cursor, base, size, cursor.child ?? '')),
    };
  }

  #row(
    record: SfRecord,
    { object, parts }: Projection,
    of: Pick<Cursor, 'soql' | 'deleted' | 'child'>,
    base: string,
    size: number,
    place: string,
  ): Row {
    const row: Row = { attributes: { type: object.name, url: `${base}/sobjects/${object.name}/${record.id}` } };
    for (const part of parts) {
      if (part.kind === 'field') row[part.column.field.name] = shownValue(record, part.column.field);
      else if (part.kind === 'parent') {
        const id = record[part.by];
        const parent = typeof id === 'string' ? this.org.asQueried.get(part.of.object, id) : undefined;
        row[part.name] = parent ? this.#row(parent, part.of, of, base, size, place) : null;
      } else {
        const children = part.select.records(record.id);
        const empty = children.length === 0 && this.o.choices.emptySubquery === 'null';
        row[part.name] = empty ? null : this.#firstPage(children, part.select.projection, { ...of, child: `${place}/${part.name}` }, base, size);
      }
    }
    return row;
  }

  #open(of: Pick<Cursor, 'soql' | 'deleted' | 'child'>, ids: string[]): Cursor {
    const openedAt = this.#now();
    for (const old of this.#cursors.all()) if (openedAt - old.openedAt > LIFE_MS) this.#cursors.delete(old.id);
    const cursor = { ...of, id: idOf('0r8', this.store.next('id:0r8')), ids, openedAt };
    this.#cursors.put(cursor);
    return cursor;
  }

  /** The projection of an open query, or of its sub-query if that was paged. */
  #projection({ soql, deleted, child }: Cursor): Projection {
    const names = (child ?? '').split('/').filter(Boolean);
    return names.reduce((projection, name) => {
      const part = projection.parts.find(p => p.kind === 'children' && p.name === name);
      return part?.kind === 'children' ? part.select.projection : projection;
    }, this.#select(soql, deleted).projection);
  }

  #now(): number {
    return (this.o.now?.() ?? new Date()).getTime();
  }
}

/** An address is null when all its parts are. */
function shownValue(record: SfRecord, { name, type }: FieldSchema): unknown {
  if (type !== 'address') return record[name] ?? null;
  const prefix = name.replace(/Address$/, '');
  const parts = Object.fromEntries(
    ['City', 'Country', 'PostalCode', 'State', 'Street'].map(part => [part.charAt(0).toLowerCase() + part.slice(1), record[prefix + part] ?? null]),
  );
  if (Object.values(parts).every(part => part === null)) return null;
  return { ...parts, geocodeAccuracy: null, latitude: null, longitude: null };
}

/** Rows a page: the hint `batchSize=n` within 200 to 2000. */
function batchSize(hint: string | undefined): number {
  const asked = Number(/batchSize=(\d+)/i.exec(hint ?? '')?.[1] ?? MOST_ROWS);
  return Math.min(MOST_ROWS, Math.max(FEWEST_ROWS, asked));
}
