import type { ChildRelationship, FieldSchema, ObjectSchema, Schema, SfRecord, Value } from '../schema.js';
import { soqlError } from './soql-error.js';
import type { Name, Path, Query } from './tree.js';

/** What a query reads from. Deleted rows are included only on request. */
export interface Rows {
  readonly schema: Schema;
  all(object: ObjectSchema, deleted: boolean): SfRecord[];
  get(object: ObjectSchema, id: string): SfRecord | undefined;
  /** The rows with `value` in `field`, or null when there is no index. */
  lookUp(object: ObjectSchema, field: FieldSchema, value: string, deleted: boolean): SfRecord[] | null;
}

/** A field seen from a query's object: the look-ups to go up by, then the field. */
export interface Column {
  steps: { relationship: string; by: FieldSchema; to: ObjectSchema }[];
  field: FieldSchema;
  at: number;
  /** Path as written, without the alias. */
  text: string;
  read(record: SfRecord): Value;
}

const ADVICE = 'Please reference your WSDL or the describe call for the appropriate names.';
const MOST_STEPS = 5;

/** Resolves a query's names against the org. Every failure points at the name. */
export class Names {
  constructor(
    private readonly rows: Rows,
    private readonly query: Query,
    readonly object: ObjectSchema,
  ) {}

  static forObject(rows: Rows, query: Query): Names {
    return new Names(rows, query, objectNamed(rows.schema, query.text, query.from));
  }

  column(path: Path): Column {
    const names = this.#withoutAlias(path.names);
    const steps: Column['steps'] = [];
    let object = this.object;
    for (const relationship of names.slice(0, -1)) {
      const by = this.rows.schema.parent(object, relationship);
      const to = by?.referenceTo ? this.rows.schema.find(by.referenceTo) : undefined;
      if (!by || !to || steps.length >= MOST_STEPS) {
        const reason = `Didn't understand relationship '${relationship}' in field path. If you are attempting to use a custom relationship, be sure to append the '__r' after the custom relationship name. ${ADVICE}`;
        throw soqlError(this.query.text, path.at, reason, 'INVALID_FIELD');
      }
      steps.push({ relationship: by.relationshipName!, by, to });
      object = to;
    }
    const name = names.at(-1)!;
    const field = object.byName.get(name.toLowerCase());
    if (!field) throw soqlError(this.query.text, path.at, noSuchColumn(name, object.name), 'INVALID_FIELD');
    return { steps, field, at: path.at, text: names.join('.'), read: this.#reader(steps, field) };
  }

  child(name: Name): ChildRelationship {
    const found = this.rows.schema.child(this.object, name.name.split('.').at(-1)!);
    if (found) return found;
    const reason = `Didn't understand relationship '${name.name}' in FROM part of query call. If you are attempting to use a custom relationship, be sure to append the '__r' after the custom relationship name. ${ADVICE}`;
    throw soqlError(this.query.text, name.at, reason, 'INVALID_TYPE');
  }

  #withoutAlias(names: string[]): string[] {
    const head = names[0].toLowerCase();
    const own = head === this.query.alias?.toLowerCase() || head === this.object.name.toLowerCase();
    return names.length > 1 && own ? names.slice(1) : names;
  }

  #reader(steps: Column['steps'], field: FieldSchema): Column['read'] {
    return record => {
      let at: SfRecord | undefined = record;
      for (const { by, to } of steps) {
        const id: Value = at[by.name];
        at = typeof id === 'string' ? this.rows.get(to, id) : undefined;
        if (!at) return null;
      }
      return at[field.name] ?? null;
    };
  }
}

function objectNamed(schema: Schema, text: string, { name, at }: Name): ObjectSchema {
  const object = schema.find(name);
  if (object) return object;
  const reason = `sObject type '${name}' is not supported. If you are attempting to use a custom object, be sure to append the '__c' after the entity name. ${ADVICE}`;
  throw soqlError(text, at, reason, 'INVALID_TYPE');
}

export const noSuchColumn = (name: string, object: string): string =>
  `No such column '${name}' on entity '${object}'. If you are attempting to use a custom field, be sure to append the '__c' after the custom field name. ${ADVICE}`;
