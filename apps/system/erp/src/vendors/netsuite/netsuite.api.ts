import { Problem } from '#canonical';
import { Paging, type Connector, type VendorAnswer, type VendorCall } from '#connector';
import { idOfLocation, jobOfLocation, readCompleted, readRows } from './netsuite.wire.js';

/** The record types we use, as the REST services name them. */
export type RecordTypeName =
  'customer' | 'customerSubsidiaryRelationship' | 'job' | 'billingSchedule' | 'projectTask' | 'timeBill' | 'expenseReport' | 'charge' | 'invoice';

const RECORDS = '/services/rest/record/v1';
const PAGE = 1000;
const COLLECTION = 'application/vnd.oracle.resource+json; type=collection';

/**
 * Our calls, each named for metrics. Writes always ask NetSuite to refuse unknown names, which it
 * would drop silently.
 */
export class NetsuiteApi {
  constructor(private readonly connector: Pick<Connector, 'send' | 'refusalOf'>) {}

  /** A whole record by internal id or `eid:…`; null when there is none. */
  async get(type: RecordTypeName, key: string): Promise<unknown> {
    const path = `${RECORDS}/${type}/${key}`;
    const answer = await this.#unlessGone({
      operation: `get-${kebab(type)}`,
      kind: 'read',
      method: 'GET',
      path,
      query: { expandSubResources: true },
    });
    return answer && answer.json();
  }

  /** Makes or changes the record with our external id; answers its internal id. */
  async upsert(type: RecordTypeName, externalId: string, body: object, replace: string[] = []): Promise<string> {
    return this.#write('PUT', `upsert-${kebab(type)}`, `${type}/eid:${externalId}`, body, replace);
  }

  async update(type: RecordTypeName, id: string, body: object, replace: string[] = []): Promise<string> {
    return this.#write('PATCH', `update-${kebab(type)}`, `${type}/${id}`, body, replace);
  }

  /** Gone already is gone. */
  async delete(type: RecordTypeName, externalId: string): Promise<void> {
    await this.#unlessGone({ operation: `delete-${kebab(type)}`, kind: 'write', method: 'DELETE', path: `${RECORDS}/${type}/eid:${externalId}` });
  }

  /**
   * Creates or changes up to 100 records, each with its `externalId`, as a job; returns the job's
   * address.
   */
  async upsertBatch(type: RecordTypeName, items: object[], requestKey: string): Promise<string> {
    const headers = { 'content-type': COLLECTION, 'x-netsuite-propertynamevalidation': 'Error' };
    return this.#submit(
      { operation: `submit-${kebab(type)}`, method: 'PUT', path: `${RECORDS}/${type}`, headers, body: JSON.stringify({ items }) },
      requestKey,
    );
  }

  async removeBatch(type: RecordTypeName, externalIds: string[], requestKey: string): Promise<string> {
    const query = { ids: externalIds.map(id => `eid:${id}`).join(',') };
    return this.#submit({ operation: `submit-removal-${kebab(type)}`, method: 'DELETE', path: `${RECORDS}/${type}`, query }, requestKey);
  }

  /**
   * Whether every record of a job was made or refused. A job that NetSuite no longer knows ended
   * long ago.
   */
  async jobCompleted(job: string): Promise<boolean> {
    const answer = await this.#unlessGone({ operation: 'get-job', kind: 'read', method: 'GET', path: job });
    return answer === null || readCompleted(answer.json());
  }

  /** All rows of a query, page by page. `operation` names it in metrics. Give it a unique order. */
  async *pages(operation: string, q: string): AsyncIterable<Record<string, string | undefined>[]> {
    const paging = new Paging('NetSuite');
    for (let offset = 0; ; offset += PAGE) {
      const answer = await this.connector.send({
        operation,
        kind: 'read',
        method: 'POST',
        path: '/services/rest/query/v1/suiteql',
        query: { limit: PAGE, offset },
        headers: { prefer: 'transient' },
        body: { q },
      });
      const { items, hasMore } = readRows(answer.json());
      paging.page(items.length, hasMore);
      if (items.length > 0) yield items;
      if (!hasMore) return;
    }
  }

  async rows(operation: string, q: string): Promise<Record<string, string | undefined>[]> {
    const rows: Record<string, string | undefined>[] = [];
    for await (const page of this.pages(operation, q)) rows.push(...page);
    return rows;
  }

  /** The fields of a record type in this account, by name. */
  async fieldsOf(type: RecordTypeName): Promise<Record<string, unknown>> {
    const answer = await this.connector.send({
      operation: 'get-metadata',
      kind: 'read',
      method: 'GET',
      path: `${RECORDS}/metadata-catalog/${type}`,
      headers: { accept: 'application/schema+json' },
    });
    return answer.json<{ properties?: Record<string, unknown> }>().properties ?? {};
  }

  /** The ids that a field of the type may have. */
  async optionsOf(type: RecordTypeName, field: string): Promise<string[]> {
    const answer = await this.connector.send({
      operation: 'select-options',
      kind: 'read',
      method: 'POST',
      path: `${RECORDS}/${type}`,
      query: { fields: field },
      headers: { accept: 'application/vnd.oracle.resource+json; type=select-options' },
      body: {},
    });
    const options = answer.json<Record<string, { items?: { id: string }[] } | undefined>>()[field];
    return options?.items?.map(({ id }) => id) ?? [];
  }

  /**
   * Null when NetSuite itself says that the record does not exist; a 404 from another server proves
   * nothing.
   */
  async #unlessGone(call: VendorCall): Promise<VendorAnswer | null> {
    const answer = await this.connector.send({ ...call, accept: [200, 204, 404] });
    if (answer.status !== 404) return answer;
    const problem = this.connector.refusalOf(answer, call);
    if (problem.kind === 'not-found' && problem.vendor?.code !== '404') return null;
    throw new Problem('vendor-unavailable', problem.detail, { code: 'malformed-answer', cause: problem, vendor: problem.vendor });
  }

  /** The same key again is answered 400 with the first job's address: a success to follow. */
  async #submit(call: Pick<VendorCall, 'operation' | 'method' | 'path' | 'query' | 'headers' | 'body'>, requestKey: string): Promise<string> {
    const sent: VendorCall = {
      ...call,
      kind: 'write',
      headers: { prefer: 'respond-async', 'x-netsuite-idempotency-key': requestKey, ...call.headers },
      accept: [202, 400],
    };
    const answer = await this.connector.send(sent);
    if (answer.status === 400) {
      const problem = this.connector.refusalOf(answer, sent);
      if (!isKnownRequest(answer, problem)) throw problem;
    }
    return jobOfLocation(answer.headers.location);
  }

  async #write(method: 'PUT' | 'PATCH', operation: string, path: string, body: object, replace: string[]): Promise<string> {
    const answer = await this.connector.send({
      operation,
      kind: 'write',
      method,
      path: `${RECORDS}/${path}`,
      ...(replace.length > 0 ? { query: { replace: replace.join(',') } } : {}),
      headers: { 'x-netsuite-propertynamevalidation': 'Error' },
      body,
    });
    return idOfLocation(answer.headers.location);
  }
}

const isKnownRequest = (answer: VendorAnswer, problem: Problem): boolean =>
  answer.headers.location !== undefined && problem.vendor?.code === 'IDEMPOTENCY_ERROR';

const kebab = (name: string): string => name.replaceAll(/[A-Z]/g, letter => `-${letter.toLowerCase()}`);
