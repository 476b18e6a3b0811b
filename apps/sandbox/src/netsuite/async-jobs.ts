import {
  type Row,
  seeded,
  SettingsRefused,
  type Store,
  type Table,
  type VendorAnswer,
  type VendorRequest,
  type VendorSettings,
} from '../kit/index.js';
import { badContent, badHeader, NetsuiteError, noSuchRecord, unexpectedError, userError } from './errors.js';
import { type ProcessorSettings, Processors, type Work } from './processors.js';
import { linkTo } from './representation.js';
import type { RecordType } from './schema.js';

export interface AsyncOptions {
  /**
   * How many records the account processes at once; 5 by default. A later change at the control
   * port is kept over restarts and takes precedence.
   */
  processors?: number;
  /** How long each takes, in ms; 0 by default. */
  msPerRecord?: number;
  /**
   * How long an idempotency key is remembered, in hours; 24 by default. A later submission with it
   * runs again.
   */
  idempotencyKeyHours?: number;
  /** The progress of a refused record's task; `failed` by default. */
  refusedTaskProgress?: string;
  /** The progress of a finished job with at least one refused record; `succeeded` by default. */
  mixedJobProgress?: string;
  /** True: the Location of a job is absolute. */
  absoluteJobLocation?: boolean;
}

/** Most records in one batch. */
const MOST = 100;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const RANGES: Record<string, [number, number]> = { processors: [1, 10_000], msPerRecord: [0, 60_000] };
const REST = '/services/rest';
/** The request headers that affect how its records are processed. */
const CARRIED = ['x-netsuite-propertynamevalidation', 'x-netsuite-propertyvaluevalidation', 'accept'];

/**
 * One record's request: where below its record type, and with what. Without a path it named no
 * record.
 */
interface Item {
  path?: string[];
  content?: unknown;
}

/** The submitted records; deleted when the job is done. */
interface SubmittedRecord extends Row {
  type: string;
  method: string;
  query: string;
  headers: Record<string, string>;
  items: Item[];
}

/**
 * The answer that the synchronous call would have given, and when the record was processed, in ms
 * since 1970.
 */
interface Outcome {
  status: number;
  location?: string;
  body?: unknown;
  from: number;
  to: number;
}

interface Job extends Row {
  submittedAt: number;
  endedAt?: number;
  outcomes: (Outcome | null)[];
}

interface Key extends Row {
  job: string;
  at: number;
}

/** Answers one record's request as if it had come alone. */
export type Perform = (type: string, path: string[], request: VendorRequest & { content?: unknown }) => VendorAnswer;

/**
 * `Prefer: respond-async`: any request waits for its turn as a job; a collection makes a job of one
 * task for each record.
 */
export class AsyncJobs {
  readonly #jobs: Table<Job>;
  readonly #submitted: Table<SubmittedRecord>;
  readonly #keys: Table<Key>;
  readonly #processors: Processors;
  readonly #kept: Table<ProcessorSettings & Row>;
  #settings: ProcessorSettings;

  constructor(
    private readonly store: Store,
    private readonly options: AsyncOptions,
    private readonly perform: Perform,
  ) {
    this.#jobs = store.table('async-job');
    this.#submitted = store.table('async-submitted');
    this.#keys = store.table('async-key');
    this.#kept = store.table('async-settings');
    const { processors, msPerRecord } = { processors: 5, msPerRecord: 0, ...present(options), ...this.#kept.get('processors') };
    this.#settings = { processors, msPerRecord };
    this.#processors = new Processors(this.#settings, group => this.#work(group));
    const left = this.#submitted.all().toSorted((a, b) => Number(a.id) - Number(b.id));
    for (const { id } of left) this.#enqueue(this.#jobs.get(id)!);
  }

  /**
   * How many records are processed at once and how long each takes, in ms; both can be changed
   * while jobs wait.
   */
  readonly settings: VendorSettings = {
    read: () => ({ ...this.#settings }),
    change: values => {
      const wrong = Object.entries(values).flatMap(([field, value]) => {
        const range = RANGES[field];
        const fits = range && Number.isInteger(value) && Number(value) >= range[0] && Number(value) <= range[1];
        const may = range
          ? `must be a whole number from ${range[0]} to ${range[1]}`
          : `is not known here; known are ${Object.keys(RANGES).join(', ')}`;
        return fits ? [] : [{ field, message: may }];
      });
      if (wrong.length > 0) throw new SettingsRefused(wrong);
      this.#settings = { ...this.#settings, ...values };
      this.store.transaction(() => this.#kept.put({ id: 'processors', ...this.#settings }));
      this.#processors.change(this.#settings);
    },
  };

  close(): void {
    this.#processors.close();
  }

  /**
   * Takes a request to be worked on later. 202, or 400 with the first job's Location when its
   * idempotency key was used before.
   */
  submit(type: RecordType, path: string[], request: VendorRequest): VendorAnswer {
    const key = keyOf(request);
    const first = key === undefined ? undefined : this.#keys.get(key);
    if (first && Date.now() - first.at < (this.options.idempotencyKeyHours ?? 24) * 3_600_000) return this.#usedBefore(first.job, request);
    const items = isCollection(request, path) ? itemsOf(request) : [{ path, ...contentOf(request) }];
    const id = String(this.store.next('async-job', 100_001));
    const job: Job = { id, submittedAt: Date.now(), outcomes: items.map(() => null) };
    this.#jobs.put(job);
    this.#submitted.put({
      id,
      type: type.name,
      method: request.method,
      query: withoutIds(request.query),
      headers: Object.fromEntries(CARRIED.flatMap(name => (request.headers[name] === undefined ? [] : [[name, request.headers[name]]]))),
      items,
    });
    if (key !== undefined) this.#keys.put({ id: key, job: id, at: Date.now() });
    this.#enqueue(job);
    return { status: 202, headers: { 'preference-applied': 'respond-async', location: this.#locationOf(id, request) } };
  }

  /** `/async/v1/job/{id}[/task[/{n}[/result]]]` */
  answer(path: string[], request: VendorRequest): VendorAnswer {
    const [resource, id, tasks, n, result, ...rest] = path;
    const job = resource === 'job' ? this.#jobs.get(id) : undefined;
    const known = tasks === undefined || (tasks === 'task' && (result === undefined || result === 'result') && rest.length === 0);
    if (request.method !== 'GET' || !job || !known) throw noSuchRecord();
    const href = `${request.baseUrl}${REST}/async/v1/job/${id}`;
    if (tasks === undefined) return json(this.#jobJson(job, href));
    if (n === undefined) return json(tasksJson(job, href));
    const place = taskOrder(job)[Number(n) - 1];
    if (place === undefined) throw noSuchRecord();
    const outcome = job.outcomes[place];
    if (result === undefined) return json(this.#taskJson(n, outcome, href));
    if (!outcome) throw noSuchRecord();
    return resultOf(outcome, request.baseUrl);
  }

  #usedBefore(job: string, request: VendorRequest): VendorAnswer {
    const detail = 'A request with the same idempotency key is already submitted. Follow the Location header to the first request.';
    const answer = new NetsuiteError(400, { detail, code: 'IDEMPOTENCY_ERROR' }).answer();
    return {
      ...answer,
      headers: { ...answer.headers, 'preference-applied': 'respond-async', location: this.#locationOf(job, request) },
      body: { ...(answer.body as object), title: 'Conflict' },
    };
  }

  #locationOf(job: string, request: VendorRequest): string {
    return `${this.options.absoluteJobLocation ? request.baseUrl : ''}${REST}/async/v1/job/${job}`;
  }

  #enqueue({ id, outcomes }: Job): void {
    this.#processors.enqueue(outcomes.flatMap((outcome, item) => (outcome === null ? [{ job: id, item }] : [])));
  }

  /**
   * Processes the due records and stores their outcomes in one commit. A refused record undoes its
   * own changes and does not affect the others.
   */
  #work(group: Work[]): void {
    this.store.transaction(() => {
      for (const [id, works] of Map.groupBy(group, ({ job }) => job)) this.#workOn(this.#jobs.get(id)!, works);
    });
  }

  #workOn(job: Job, works: Work[]): void {
    const submitted = this.#submitted.get(job.id)!;
    const outcomes = [...job.outcomes];
    for (const { item } of works) outcomes[item] = this.#outcomeOf(submitted, submitted.items[item]);
    const done = outcomes.every(outcome => outcome !== null);
    this.#jobs.put({ ...job, outcomes, ...(done ? { endedAt: Date.now() } : {}) });
    if (done) this.#submitted.delete(job.id);
  }

  #outcomeOf(submitted: SubmittedRecord, { path, content }: Item): Outcome {
    const to = Date.now();
    const { status, headers, body } = this.#answerOf(submitted, path, content);
    return {
      status,
      ...(headers?.location === undefined ? {} : { location: headers.location }),
      ...(body === undefined ? {} : { body }),
      from: to - this.#settings.msPerRecord,
      to,
    };
  }

  #answerOf({ type, method, query, headers }: SubmittedRecord, path: string[] | undefined, content: unknown): VendorAnswer {
    try {
      if (!path) throw userError('Error while accessing a resource. Please enter value(s) for: External ID.', 'externalId');
      const request = { method, path: '', query: new URLSearchParams(query), headers, body: '', baseUrl: '', content };
      return this.store.attempt(() => this.perform(type, path, request));
    } catch (error) {
      if (error instanceof NetsuiteError) return error.answer();
      console.error(`netsuite: a record of ${type} in a job`, error);
      return unexpectedError(500).answer();
    }
  }

  #jobJson({ id, submittedAt, endedAt, outcomes }: Job, href: string): Record<string, unknown> {
    const worked = outcomes.filter(outcome => outcome !== null);
    const refused = worked.some(({ status }) => status >= 400);
    return {
      links: linkTo(href),
      completed: endedAt !== undefined,
      id,
      progress:
        endedAt !== undefined
          ? refused
            ? (this.options.mixedJobProgress ?? 'succeeded')
            : 'succeeded'
          : worked.length > 0
            ? 'processing'
            : 'pending',
      ...(worked.length > 0 ? { startTime: moment(Math.max(submittedAt, Math.min(...worked.map(({ from }) => from)))) } : {}),
      ...(endedAt === undefined ? {} : { endTime: moment(endedAt) }),
      task: { links: linkTo(`${href}/task`) },
    };
  }

  #taskJson(n: string, outcome: Outcome | null, href: string): Record<string, unknown> {
    const at = `${href}/task/${n}`;
    const links = [{ rel: 'related', href: `${at}/result` }, ...linkTo(at)];
    if (!outcome) return { links, completed: false, id: n, progress: 'pending' };
    const progress = outcome.status >= 400 ? (this.options.refusedTaskProgress ?? 'failed') : 'succeeded';
    return { links, completed: true, endTime: moment(outcome.to), id: n, progress, startTime: moment(outcome.from) };
  }
}

const present = ({ processors, msPerRecord }: AsyncOptions): Partial<ProcessorSettings> => ({
  ...(processors === undefined ? {} : { processors }),
  ...(msPerRecord === undefined ? {} : { msPerRecord }),
});

export const isAsync = (request: VendorRequest): boolean => /\brespond-async\b/i.test(request.headers.prefer ?? '');

/** A batch: a collection of records in the body, or their ids in the query. */
export const isCollection = (request: VendorRequest, path: string[]): boolean =>
  path.length === 0 && (/type=collection/.test(request.headers['content-type'] ?? '') || request.query.has('ids') || holdsItems(request));

/** A collection that was sent as plain JSON: refused, but as the collection it is. */
const holdsItems = ({ body }: VendorRequest): boolean => /^\s*\{\s*"items"\s*:/.test(body);

function keyOf(request: VendorRequest): string | undefined {
  const key = request.headers['x-netsuite-idempotency-key'];
  if (key !== undefined && !UUID.test(key)) throw badHeader('X-NetSuite-Idempotency-Key', key);
  return key?.toLowerCase();
}

function itemsOf(request: VendorRequest): Item[] {
  const items = request.method === 'DELETE' || request.method === 'GET' ? idsOf(request) : bodiesOf(request);
  if (items.length === 0 || items.length > MOST) {
    throw new NetsuiteError(400, { detail: `A collection holds from 1 to ${MOST} records, not ${items.length}.`, code: 'INVALID_CONTENT' });
  }
  return items;
}

const idsOf = ({ query }: VendorRequest): Item[] =>
  (query.get('ids') ?? '')
    .split(',')
    .filter(Boolean)
    .map(id => ({ path: [id] }));

function bodiesOf(request: VendorRequest): Item[] {
  const type = request.headers['content-type'] ?? '';
  if (!type.includes('json') || !type.includes('type=collection')) throw badContent();
  const { items } = parsed(request.body) as { items?: unknown };
  if (!Array.isArray(items) || items.some(item => typeof item !== 'object' || item === null || Array.isArray(item))) throw badContent();
  return items.map((content: { id?: unknown; externalId?: unknown }) => ({ ...pathOf(request.method, content), content }));
}

/**
 * POST makes a new record; PUT addresses it by external id; PATCH by internal id, or else by
 * external id.
 */
function pathOf(method: string, { id, externalId }: { id?: unknown; externalId?: unknown }): { path?: string[] } {
  if (method === 'POST') return { path: [] };
  if (method === 'PATCH' && (typeof id === 'string' || typeof id === 'number')) return { path: [String(id)] };
  return typeof externalId === 'string' && externalId !== '' ? { path: [`eid:${externalId}`] } : {};
}

const contentOf = ({ body }: VendorRequest): { content?: unknown } => (body === '' ? {} : { content: parsed(body) });

function parsed(body: string): object {
  try {
    const read: unknown = JSON.parse(body);
    if (typeof read === 'object' && read !== null) return read;
  } catch {
    // Not JSON: refused like any other content that isn't a record.
  }
  throw badContent();
}

function withoutIds(query: URLSearchParams): string {
  const rest = new URLSearchParams(query);
  rest.delete('ids');
  return rest.toString();
}

/** Which item each task is about. Nothing promises that task n is item n, so it isn't. */
function taskOrder({ id, outcomes }: Job): number[] {
  const random = seeded(Number(id));
  const order = outcomes.map((_, item) => item);
  for (let at = order.length - 1; at > 0; at--) {
    const other = Math.floor(random() * (at + 1));
    [order[at], order[other]] = [order[other], order[at]];
  }
  return order;
}

function tasksJson({ outcomes }: Job, href: string): Record<string, unknown> {
  const items = outcomes.map((_, at) => ({ links: linkTo(`${href}/task/${at + 1}`) }));
  return { links: linkTo(`${href}/task`), count: items.length, hasMore: false, items, offset: 0, totalResults: items.length };
}

/** Stored links lack the host, which depends on the request. */
function resultOf({ status, location, body }: Outcome, baseUrl: string): VendorAnswer {
  const type = status >= 400 ? 'error' : 'singular';
  return {
    status,
    headers: {
      'content-type': `application/vnd.oracle.resource+json; type=${type}; charset=UTF-8`,
      ...(location === undefined ? {} : { location: `${baseUrl}${location}` }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body).replaceAll('"href":"/services/', `"href":"${baseUrl}/services/`) }),
  };
}

const moment = (ms: number): string => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');

const json = (body: Record<string, unknown>): VendorAnswer => ({
  status: 200,
  headers: { 'content-type': 'application/vnd.oracle.resource+json; type=singular; charset=UTF-8' },
  body,
});
