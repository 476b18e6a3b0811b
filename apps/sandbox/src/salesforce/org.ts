import type { Ledger, Store, Table } from '../kit/index.js';
import { storedValue } from './field-values.js';
import { idOf, parseId } from './record-id.js';
import { derived, ignored, parentTouched, takenOver } from './org.rules.js';
import { recordMissing, resourceMissing, SalesforceError } from './salesforce-error.js';
import type { SalesforceChoices } from './salesforce-options.js';
import type { FieldSchema, ObjectSchema, Schema, SfRecord } from './schema.js';
import { instantText } from './soql/conditions.js';
import type { Rows } from './soql/names.js';

type RequestFields = Record<string, unknown>;

export interface OrgContext {
  schema: Schema;
  store: Store;
  ledger: Ledger;
  choices: SalesforceChoices;
  now: () => Date;
  visibilityLagMs?: number;
}

/**
 * The org's records: what may be written, what the org computes by itself, and the ledger row of
 * each write. Call inside a transaction.
 */
export class Org implements Rows {
  readonly schema: Schema;
  /** The writing user: the integration's. Set by the seed. */
  runAs = '';
  readonly #tables = new Map<string, Table<SfRecord>>();
  /** A record's states before each change within the lag, oldest first. */
  readonly #history = new Map<string, { until: number; before: SfRecord | undefined }[]>();
  /** How late queries see current changes; a planned fault sets it for one request. */
  delayMs = 0;
  readonly #indexes = new Map<string, (value: string) => SfRecord[]>();

  constructor(private readonly context: OrgContext) {
    this.schema = context.schema;
    for (const object of this.schema.objects) {
      const table = context.store.table<SfRecord>(object.name);
      this.#tables.set(object.name, table);
      for (const field of object.fields) {
        if (field.type !== 'reference' && !field.externalId && !field.unique) continue;
        this.#indexes.set(
          `${object.name}.${field.name}`,
          table.index(row => keyOf(row[field.name])),
        );
      }
    }
  }

  all(object: ObjectSchema, deleted: boolean): SfRecord[] {
    const rows = this.#table(object).all();
    return deleted ? rows : rows.filter(row => row.IsDeleted !== true);
  }

  get(object: ObjectSchema, id: string): SfRecord | undefined {
    return this.#table(object).get(id);
  }

  lookUp(object: ObjectSchema, field: FieldSchema, value: string, deleted: boolean): SfRecord[] | null {
    const wanted = field.type === 'id' || field.type === 'reference' ? parseId(value) : value;
    if (wanted === null) return null;
    const found =
      field.type === 'id'
        ? [this.get(object, wanted)].filter(row => row !== undefined)
        : this.#indexes.get(`${object.name}.${field.name}`)?.(wanted.toLowerCase());
    return found ? found.filter(row => deleted || row.IsDeleted !== true) : null;
  }

  /**
   * The records as queries see them: as they were `visibilityLagMs` ago, although SystemModstamp is
   * the time of the change. Reads by id see everything at once.
   */
  get asQueried(): Rows {
    if (this.#lagMs === 0 && this.#history.size === 0) return this;
    const lagging = (rows: SfRecord[], deleted: boolean) =>
      rows.flatMap(row => this.#lagging(row) ?? []).filter(row => deleted || row.IsDeleted !== true);
    return {
      schema: this.schema,
      all: (object, deleted) => lagging(this.all(object, true), deleted),
      get: (object, id) =>
        lagging(
          [this.get(object, id)].filter(row => row !== undefined),
          true,
        )[0],
      lookUp: (object, field, value, deleted) => {
        const found = this.lookUp(object, field, value, true);
        return found && lagging(found, deleted);
      },
    };
  }

  children(parent: ObjectSchema, relationship: string, parentId: string): SfRecord[] {
    const { child, field } = this.schema.child(parent, relationship)!;
    return this.lookUp(child, field, parentId, false)!;
  }

  /** The live record, or the vendor's 404s. */
  existing(object: ObjectSchema, id: string): SfRecord {
    const parsed = parseId(id);
    const row = parsed ? this.get(object, parsed) : undefined;
    if (!row) throw recordMissing(id);
    if (row.IsDeleted === true) throw new SalesforceError(404, 'ENTITY_IS_DELETED', 'entity is deleted', []);
    return row;
  }

  /** Live records with this external id; `field` must be flagged as one, or be Id. */
  byKey(object: ObjectSchema, field: FieldSchema, value: string): SfRecord[] {
    if (field.type === 'id') return [this.existing(object, value)];
    if (!field.externalId) throw recordMissing(value);
    return this.lookUp(object, field, value, false)!;
  }

  create(object: ObjectSchema, sent: RequestFields, o: { quiet?: boolean } = {}): SfRecord {
    if (!object.createable && !o.quiet)
      throw new SalesforceError(400, 'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY', `entity type cannot be inserted: ${object.label}`, []);
    const given = this.#accepted(object, sent, 'create', o.quiet ?? false);
    const now = this.#stamp();
    const id = idOf(object.keyPrefix, this.context.store.next(`id:${object.keyPrefix}`));
    const record: SfRecord = { id };
    for (const field of object.fields) record[field.name] = given[field.name] ?? field.defaultValue ?? null;
    Object.assign(record, {
      Id: id,
      CreatedDate: now,
      LastModifiedDate: now,
      SystemModstamp: now,
      CreatedById: this.runAs,
      LastModifiedById: this.runAs,
    });
    if (object.byName.has('ownerid')) record.OwnerId ??= this.runAs;
    if (object.byName.has('isdeleted')) record.IsDeleted = false;
    Object.assign(record, takenOver(this, object, record, given));
    this.#required(object, record);
    this.#unique(object, record);
    this.#save(object, { ...record, ...derived(this, object, record) });
    if (!o.quiet) this.#ledger('create', object, null, this.get(object, id)!);
    this.#touchParent(object, record);
    return this.get(object, id)!;
  }

  update(object: ObjectSchema, id: string, sent: RequestFields, operation: 'update' | 'upsert' = 'update'): SfRecord {
    const before = this.existing(object, id);
    const given = this.#accepted(object, sent, 'update', false);
    for (const name of ignored(this, object, before)) delete given[name];
    const changed = { ...before, ...given } as SfRecord;
    // A field that was added after the record was made: a checkbox is unchecked.
    for (const { name, defaultValue = null } of object.fields) if (changed[name] === undefined) changed[name] = defaultValue;
    Object.assign(changed, takenOver(this, object, changed, given));
    this.#required(object, changed);
    this.#unique(object, changed);
    const moved = this.context.choices.emptyUpdateMovesModstamp || Object.keys(given).some(name => given[name] !== before[name]);
    if (moved) Object.assign(changed, { LastModifiedDate: this.#stamp(), SystemModstamp: this.#stamp(), LastModifiedById: this.runAs });
    this.#save(object, { ...changed, ...derived(this, object, changed) });
    const after = this.get(object, before.id)!;
    this.#ledger(operation, object, before, after);
    this.#touchParent(object, after);
    return after;
  }

  /** Into the recycle bin, with what belongs to it. */
  delete(object: ObjectSchema, id: string): void {
    const before = this.existing(object, id);
    if (!object.deletable) throw new SalesforceError(403, 'INSUFFICIENT_ACCESS_OR_READONLY', 'insufficient access rights on object id', []);
    for (const { child, field, name } of this.schema.childrenOf(object)) {
      if (field.cascadeDelete) for (const row of this.children(object, name, before.id)) this.delete(child, row.id);
    }
    const now = this.#stamp();
    const after = { ...before, IsDeleted: true, LastModifiedDate: now, SystemModstamp: now, LastModifiedById: this.runAs };
    this.#save(object, after);
    this.#ledger('delete', object, before, null);
    this.#touchParent(object, after);
  }

  /**
   * As a person merges two records: the loser's children move to the winner, and the loser is
   * deleted, with the winner's id.
   */
  merge(object: ObjectSchema, winnerId: string, loserId: string): void {
    const [winner, loser] = [this.existing(object, winnerId), this.existing(object, loserId)];
    for (const { child, field, name } of this.schema.childrenOf(object))
      for (const row of this.children(object, name, loser.id)) this.update(child, row.id, { [field.name]: winner.id });
    this.delete(object, loser.id);
    this.#save(object, { ...this.get(object, loser.id)!, MasterRecordId: winner.id });
  }

  /** As a person restores a record from the recycle bin. It still shows that it was merged. */
  undelete(object: ObjectSchema, id: string): void {
    this.#save(object, { ...this.get(object, id)!, IsDeleted: false });
  }

  /**
   * Works out the org's own fields again, e.g. the roll-up after a line changed. Not a caller's
   * write: no ledger row.
   */
  recalculate(object: ObjectSchema, id: string): void {
    const before = this.get(object, id);
    if (!before || before.IsDeleted === true) return;
    const moved: Partial<SfRecord> = this.context.choices.childrenMoveParentModstamp
      ? { LastModifiedDate: this.#stamp(), SystemModstamp: this.#stamp() }
      : {};
    this.#save(object, { ...before, ...derived(this, object, before), ...moved } as SfRecord);
  }

  object(name: string): ObjectSchema {
    const object = this.schema.find(name);
    if (!object) throw resourceMissing();
    return object;
  }

  #table(object: ObjectSchema): Table<SfRecord> {
    return this.#tables.get(object.name)!;
  }

  #save(object: ObjectSchema, record: SfRecord): void {
    const lag = Math.max(this.#lagMs, this.delayMs);
    if (lag > 0) {
      const now = this.context.now().getTime();
      const unseen = (this.#history.get(record.id) ?? []).filter(entry => entry.until > now);
      this.#history.set(record.id, [...unseen, { until: now + lag, before: this.get(object, record.id) }]);
    }
    this.#table(object).put(record);
  }

  /**
   * The record as it was before the first change that queries don't see yet; undefined before it
   * was made.
   */
  #lagging(row: SfRecord): SfRecord | undefined {
    const now = this.context.now().getTime();
    const first = this.#history.get(row.id)?.find(entry => entry.until > now);
    return first ? first.before : row;
  }

  get #lagMs(): number {
    return this.context.visibilityLagMs ?? 0;
  }

  #touchParent(object: ObjectSchema, record: SfRecord): void {
    const parent = parentTouched(object, record);
    if (parent) this.recalculate(this.object(parent.object), parent.id);
  }

  #ledger(operation: string, object: ObjectSchema, before: SfRecord | null, after: SfRecord | null): void {
    const record = after ?? before!;
    this.context.ledger.record({
      operation,
      type: object.name,
      id: record.id,
      externalId: textOf(record.Ext_Id__c),
      before: shown(before),
      after: shown(after),
    });
  }

  /**
   * The sent fields, checked one by one and under the schema's own names; relationship objects
   * (`Account: { Ext_Id__c }`) become ids.
   */
  #accepted(object: ObjectSchema, sent: RequestFields, operation: 'create' | 'update', quiet: boolean): Partial<SfRecord> {
    const accepted: Partial<SfRecord> = {};
    for (const [name, value] of Object.entries(sent)) {
      if (name.toLowerCase() === 'attributes') continue;
      const field = object.byName.get(name.toLowerCase());
      const way = field ? undefined : this.schema.parent(object, name);
      if (!field && !way) throw new SalesforceError(400, 'INVALID_FIELD', `No such column '${name}' on sobject of type ${object.name}`);
      if (field?.type === 'id')
        throw new SalesforceError(400, 'INVALID_FIELD', `The ${field.name} field should not be specified in the sobject data.`);
      const target = field ?? way!;
      if (!quiet && !(operation === 'create' ? target.createable : target.updateable)) throw notWriteable(target);
      accepted[target.name] = field ? this.#checkedReference(field, storedValue(field, value)) : this.#byForeignKey(target, value);
    }
    return accepted;
  }

  #checkedReference(field: FieldSchema, value: SfRecord[string]): SfRecord[string] {
    if (field.type !== 'reference' || typeof value !== 'string') return value;
    const target = this.object(field.referenceTo!);
    if (!value.startsWith(target.keyPrefix))
      throw new SalesforceError(400, 'MALFORMED_ID', `${field.label}: id value of incorrect type: ${value}`, [field.name]);
    const row = this.get(target, value);
    if (!row) throw new SalesforceError(400, 'INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id', []);
    if (row.IsDeleted === true) throw new SalesforceError(400, 'ENTITY_IS_DELETED', 'entity is deleted', []);
    return value;
  }

  #byForeignKey(way: FieldSchema, value: unknown): string | null {
    if (value === null) return null;
    const target = this.object(way.referenceTo!);
    const [[name, key] = ['', '']] = Object.entries(value as RequestFields).filter(([key]) => key !== 'attributes');
    const field = target.byName.get(name.toLowerCase());
    const found = field?.externalId ? this.byKey(target, field, String(key)) : [];
    if (found.length === 1) return found[0].id;
    throw new SalesforceError(
      400,
      'INVALID_FIELD',
      `Foreign key external ID: ${String(key).toLowerCase()} not found for field ${name} in entity ${target.name}`,
    );
  }

  #required(object: ObjectSchema, record: SfRecord): void {
    const missing = object.fields
      .filter(field => !field.nillable && field.createable && (record[field.name] ?? null) === null)
      .map(field => field.name);
    if (missing.length > 0) throw new SalesforceError(400, 'REQUIRED_FIELD_MISSING', `Required fields are missing: [${missing.join(', ')}]`, missing);
  }

  #unique(object: ObjectSchema, record: SfRecord): void {
    for (const field of object.fields) {
      const value = record[field.name];
      if (!field.unique || typeof value !== 'string') continue;
      const other = this.lookUp(object, field, value, false)!.find(row => row.id !== record.id);
      if (other)
        throw new SalesforceError(
          400,
          'DUPLICATE_VALUE',
          `duplicate value found: ${field.name} duplicates value on record with id: ${other.id.slice(0, 15)}`,
          [],
        );
    }
  }

  /** Instants are kept to the second. */
  #stamp(): string {
    const now = this.context.now();
    now.setUTCMilliseconds(0);
    return instantText(now);
  }
}

const keyOf = (value: SfRecord[string]): string | undefined => (typeof value === 'string' ? value.toLowerCase() : undefined);
const textOf = (value: SfRecord[string] | undefined): string | null => (typeof value === 'string' ? value : null);

/** A record without the store's own key. */
function shown(record: SfRecord | null): Record<string, unknown> | null {
  if (!record) return null;
  const { id: _, ...fields } = record;
  return fields;
}

function notWriteable(field: FieldSchema): SalesforceError {
  const message = `Unable to create/update fields: ${field.name}. Please check the security settings of this field and verify that it is read/write for your profile or permission set.`;
  return new SalesforceError(400, 'INVALID_FIELD_FOR_INSERT_UPDATE', message, [field.name]);
}
