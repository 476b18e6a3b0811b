import type { Org } from './org.js';
import { parseId } from './record-id.js';
import { SalesforceError } from './salesforce-error.js';
import type { ObjectSchema } from './schema.js';
import { upsertRecord } from './upserts.js';

const MOST_RECORDS = 200;
const MOST_RUNS = 10;

export interface SaveResult {
  id?: string;
  success: boolean;
  errors: { statusCode: string; message: string; fields: string[] }[];
  created?: boolean;
}

type RequestRecord = Record<string, unknown> & { attributes?: { type?: string } };

/** Thrown to roll a whole request back and answer `body` all the same. */
export class RolledBack extends Error {
  constructor(readonly body: unknown) {
    super('rolled back');
  }
}

/**
 * POST, PATCH, DELETE /composite/sobjects: results in the order of the request; with allOrNone one
 * failure undoes all.
 */
export class Collections {
  constructor(private readonly org: Org) {}

  create(body: Body): SaveResult[] {
    return this.#each(body, record => ({ id: this.org.create(this.#objectOf(record), record).id, success: true, errors: [] }));
  }

  update(body: Body): SaveResult[] {
    return this.#each(body, ({ id, Id, ...record }) => {
      const { id: updated } = this.org.update(this.#objectOf(record), String(id ?? Id ?? ''), record);
      return { id: updated, success: true, errors: [] };
    });
  }

  upsert(object: ObjectSchema, keyField: string, body: Body): SaveResult[] {
    const field = object.byName.get(keyField.toLowerCase());
    if (!field?.externalId && field?.type !== 'id') throw new SalesforceError(404, 'NOT_FOUND', 'The requested resource does not exist');
    return this.#each(body, record => {
      const { [field.name]: key, ...rest } = record;
      if (this.#objectOf(record) !== object) throw new SalesforceError(400, 'INVALID_INPUT', 'all records of an upsert must be of one type', []);
      const result = upsertRecord(this.org, object, field, String(key ?? ''), rest);
      if (result.matches) {
        throw new SalesforceError(
          400,
          'DUPLICATE_EXTERNAL_ID',
          `${field.name}: more than one record found for external id field: [${result.matches.map(match => match.id).join(', ')}]`,
          [],
        );
      }
      return { id: result.record.id, success: true, errors: [], created: result.created };
    });
  }

  delete(ids: string[], allOrNone: boolean): SaveResult[] {
    const records = ids.map(id => ({ id }));
    return this.#each({ allOrNone, records }, ({ id }) => {
      const object = this.org.schema.objects.find(o => String(id).startsWith(o.keyPrefix));
      if (!object || !parseId(id)) throw new SalesforceError(400, 'MALFORMED_ID', `bad id ${String(id)}`, []);
      this.org.delete(object, String(id));
      return { id: parseId(id)!, success: true, errors: [] };
    });
  }

  #each({ allOrNone = false, records }: Body, write: (record: RequestRecord) => SaveResult): SaveResult[] {
    checkShape(records);
    const results = records.map(record => attempt(() => write(record)));
    if (!allOrNone || results.every(result => result.success)) return results;
    throw new RolledBack(results.map(result => (result.success ? rolledBack() : result)));
  }

  #objectOf(record: RequestRecord): ObjectSchema {
    const type = record.attributes?.type ?? '';
    const object = this.org.schema.find(type);
    if (!object) throw new SalesforceError(400, 'INVALID_TYPE', `sObject type '${type}' is not supported.`, []);
    return object;
  }
}

export interface Body {
  allOrNone?: boolean;
  records?: RequestRecord[];
}

function checkShape(records: RequestRecord[] | undefined): asserts records is RequestRecord[] {
  if (!Array.isArray(records)) throw new SalesforceError(400, 'JSON_PARSER_ERROR', 'records: an array is required');
  if (records.length > MOST_RECORDS)
    throw new SalesforceError(400, 'LIMIT_EXCEEDED', `record limit reached. cannot submit more than ${MOST_RECORDS} records into this call`);
  const runs = records.filter((record, i) => i === 0 || record.attributes?.type !== records[i - 1].attributes?.type).length;
  if (runs > MOST_RUNS) throw new SalesforceError(400, 'LIMIT_EXCEEDED', `more than ${MOST_RUNS} runs of one type in one call`);
}

/**
 * A record of a collection fails by itself: the org checks everything before it writes the record.
 */
function attempt(write: () => SaveResult): SaveResult {
  try {
    return write();
  } catch (error) {
    if (!(error instanceof SalesforceError)) throw error;
    return {
      success: false,
      errors: error.errors.map(({ errorCode, message, fields }) => ({ statusCode: errorCode, message, fields: fields ?? [] })),
    };
  }
}

const rolledBack = (): SaveResult => ({
  success: false,
  errors: [
    {
      statusCode: 'ALL_OR_NONE_OPERATION_ROLLED_BACK',
      message: 'Record rolled back because not all records were valid and the request was using AllOrNone header',
      fields: [],
    },
  ],
});
