import type { Account, KantataRow } from './account.js';
import { badRequest, unprocessable } from './answers.js';
import { checkedReference, checkedValues, putReference, putValue } from './custom-fields.js';
import { accepted, idList, type Fields, type Resource, type Writer } from './resource.js';

/**
 * Writes records: each with its rules, its custom fields and its reference, a row of the ledger and
 * a notice in the feed.
 */
export class Records implements Writer {
  constructor(
    readonly account: Account,
    /** The resource a record names inside its own, shown with it in the ledger. */
    private readonly within: (resource: Resource, row: KantataRow) => { name: string; resource: Resource; row: KantataRow } | undefined,
  ) {}

  /** Makes a record from the request: one write, one row of the ledger, one notice. */
  put(resource: Resource, before: KantataRow | null, sent: Fields): KantataRow {
    const { account } = this;
    const fields = accepted(resource, sent, account);
    if (before === null) required(resource, sent);
    const recordBefore = before && this.record(resource, before);
    const whole: Fields = before === null ? { ...resource.defaults?.(sent, account), ...fields } : { ...before, ...fields };
    resource.check?.(whole, before, account);
    const values = resource.subject ? checkedValues(valueSubject(resource.subject), sent.custom_fields, account) : [];
    const reference = resource.subject ? checkedReference(sent.external_reference) : null;
    let row = before === null ? account.insert(resource.plural, whole, resource.series) : account.change(resource.plural, before, whole);
    row = resource.after?.(row, before, sent, account, this) ?? row;
    for (const value of values) putValue(valueSubject(resource.subject!), row.id, value, account);
    if (reference) putReference(resource.subject!, row.id, reference, account);
    this.#tell(resource, before, row, recordBefore);
    return row;
  }

  create(resource: Resource, fields: Fields): KantataRow {
    const row = this.account.insert(resource.plural, fields, resource.series);
    this.#tell(resource, null, row, null);
    return row;
  }

  change(resource: Resource, before: KantataRow, fields: Fields): KantataRow {
    const recordBefore = this.record(resource, before);
    const row = this.account.change(resource.plural, before, fields);
    this.#tell(resource, before, row, recordBefore);
    return row;
  }

  amend(resource: Resource, before: KantataRow, fields: Fields): KantataRow {
    const recordBefore = this.record(resource, before);
    const row = this.account.amend(resource.plural, before, fields);
    this.#ledger(resource, row, recordBefore);
    return row;
  }

  delete(resource: Resource, row: KantataRow): void {
    resource.mayDelete?.(row, this.account);
    for (const inside of resource.deletedWith ?? []) for (const line of inside.of(row, this.account)) this.#remove(inside.resource, line);
    this.#remove(resource, row);
  }

  #remove(resource: Resource, row: KantataRow): void {
    const { account } = this;
    const before = this.record(resource, row);
    // Stories keep their row, marked as deleted; what else is deleted leaves no trace in lists.
    if (resource.plural === 'stories') account.change('stories', row, { deleted_at: account.now() });
    else account.table(resource.plural).delete(row.id);
    if (resource.subject)
      for (const ref of account.referencesOf(`${resource.subject}:${row.id}`)) account.table('external_references').delete(ref.id);
    account.ledger.record({ operation: 'delete', type: resource.plural, id: row.id, externalId: null, before, after: null });
    this.#notice(resource, row, null);
  }

  /** All or nothing: if one does not exist or may not be deleted, none is. */
  deleteAll(resource: Resource, ids: unknown): string[] {
    const wanted = idList(ids);
    if (wanted.length === 0) throw badRequest('ids are missing');
    if (wanted.length > 100) throw badRequest(`${resource.plural}: no more than 100 at once`);
    for (const [index, id] of wanted.entries()) {
      const row = this.account.get(resource.plural, id);
      if (!row) throw unprocessable({ field: 'ids', message: `${resource.singular} ${id} does not exist`, index });
      this.delete(resource, row);
    }
    return wanted;
  }

  /**
   * The whole record for the ledger: its fields, and inside it its custom field values and
   * references (for a request: its seat).
   */
  record(resource: Resource, row: KantataRow): Fields {
    const { account } = this;
    const record: Fields = { ...row, ...resource.shown(row, account), id: row.id };
    if (resource.subject) {
      record.custom_field_values = account.valuesOf(`${valueSubject(resource.subject)}:${row.id}`);
      record.external_references = account.referencesOf(`${resource.subject}:${row.id}`);
    }
    const inner = this.within(resource, row);
    if (inner) record[inner.name] = this.record(inner.resource, inner.row);
    return record;
  }

  #tell(resource: Resource, before: KantataRow | null, row: KantataRow, recordBefore: Fields | null): void {
    this.#ledger(resource, row, recordBefore, before === null ? 'create' : 'update');
    this.#notice(resource, before, row);
  }

  #ledger(resource: Resource, row: KantataRow, before: Fields | null, operation = 'update'): void {
    const inner = this.within(resource, row);
    const [subject, id] = inner ? [inner.resource.subject, inner.row.id] : [resource.subject, row.id];
    const externalId = (this.account.referencesOf(`${subject}:${id}`)[0]?.service_model_ref as string | undefined) ?? null;
    this.account.ledger.record({ operation, type: resource.plural, id: row.id, externalId, before, after: this.record(resource, row) });
  }

  #notice(resource: Resource, before: KantataRow | null, after: KantataRow | null): void {
    const { noticed, subject } = resource;
    if (noticed) this.account.notice(typeof noticed === 'string' ? noticed : subject!, before, after);
  }
}

function required(resource: Resource, sent: Fields): void {
  const missing = Object.entries(resource.required ?? {}).filter(
    ([field]) => sent[field] === undefined || sent[field] === null || sent[field] === '',
  );
  if (missing.length > 0) throw unprocessable(...missing.map(([field, message]) => ({ field, message })));
}

/** Custom fields know a workspace resource as `Resource`. */
const valueSubject = (subject: string): string => (subject === 'WorkspaceResource' ? 'Resource' : subject);
