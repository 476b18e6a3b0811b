import { Problem, type FieldFault } from '#canonical';
import { kindOfStatus, type Connector, type VendorAnswer, type VendorCall } from '#connector';
import { reference, retiredReference, type Model, SERVICE } from './kantata.mapper.js';
import {
  errorsOf,
  rowsOf,
  type KantataCustomField,
  type KantataEvent,
  type KantataNamed,
  type KantataRateCard,
  type KantataRequest,
  type KantataSeat,
  type KantataStory,
  type KantataUser,
  type KantataWorkspace,
} from './kantata.wire.js';

type Query = Record<string, string | number | boolean | undefined>;
type Body = Record<string, unknown>;
export interface Page<T> {
  rows: T[];
  /** How many there are in all. */
  count: number;
}

/** That something of a project changed. */
export interface Hint {
  /** Names this change: the same again is a repetition. */
  key: string;
  at: string;
  workspaceId: string | null;
}

interface Updated {
  id: string;
  updated_at: string;
  workspace_id?: unknown;
}

const PER_PAGE = 200;
const WITH_FIELDS = 'custom_field_values,external_references';
const WORKSPACE = ['title', 'archived', 'currency', 'currency_base_unit', 'price_in_cents', 'updated_at'] as const;
const STORY = ['title', 'story_type', 'workspace_id', 'archived'] as const;

/** Which call, which path, which parameters. Answers records as they came, checked. */
export class KantataClient {
  constructor(private readonly connector: Connector) {}

  // ---- projects ----

  /** All that bear the reference, archived too. Two may: Kantata doesn't mind. */
  async workspacesOf(projectId: string): Promise<KantataWorkspace[]> {
    return this.#all<KantataWorkspace>('find-workspace', 'workspaces', { ...byReference('project', [projectId]), ...EVERY_WORKSPACE }, WORKSPACE);
  }

  /** Those of the ids that exist, archived too. */
  async workspaces(ids: string[]): Promise<KantataWorkspace[]> {
    if (ids.length === 0) return [];
    return (await this.#page<KantataWorkspace>('read-workspaces', 'workspaces', { only: ids.join(','), ...EVERY_WORKSPACE }, WORKSPACE)).rows;
  }

  allWorkspaces(): AsyncIterable<Page<KantataWorkspace>> {
    return this.#pages<KantataWorkspace>('sweep-workspaces', 'workspaces', { ...EVERY_WORKSPACE, order: 'created_at:asc' }, WORKSPACE);
  }

  async createWorkspace(workspace: Body): Promise<string> {
    return this.#made('create-workspace', 'workspaces', { workspace });
  }

  async updateWorkspace(id: string, workspace: Body): Promise<void> {
    await this.#put('update-workspace', `workspaces/${id}`, { workspace });
  }

  async retireWorkspace(id: string, projectId: string): Promise<void> {
    await this.#put('retire-workspace', `workspaces/${id}`, {
      workspace: { archived: true, external_reference: retiredReference('project', projectId) },
    });
  }

  /** Tasks and milestones of one project, archived too. */
  async storiesOf(workspaceId: string): Promise<KantataStory[]> {
    const query = {
      workspace_id: workspaceId,
      show_archived: true,
      show_from_archived_workspaces: true,
      include: WITH_FIELDS,
      order: 'created_at:asc',
    };
    return this.#all<KantataStory>('read-stories', 'stories', query, STORY);
  }

  /** All or none of them are made. Answers their ids in the order given. */
  async createStories(stories: Body[]): Promise<string[]> {
    const answer = await this.#send({ operation: 'create-stories', kind: 'write', method: 'POST', path: '/api/v1/stories', body: { stories } });
    return this.#rows<{ id: string }>(answer, 'stories', []).map(({ id }) => id);
  }

  async updateStory(id: string, story: Body): Promise<void> {
    await this.#put('update-story', `stories/${id}`, { story });
  }

  async retireStory(id: string, model: Model, key: string): Promise<void> {
    await this.#put('retire-story', `stories/${id}`, { story: { archived: true, external_reference: retiredReference(model, key) } });
  }

  async hasTime(workspaceId: string): Promise<boolean> {
    const query = { workspace_id: workspaceId, from_archived_workspaces: true, on_my_account: true, per_page: 1 };
    return (await this.#page('read-time-entries', 'time_entries', query, [])).count > 0;
  }

  // ---- staffing ----

  async seatsOf(staffingId: string): Promise<KantataSeat[]> {
    return this.#all('find-seat', 'workspace_resources', { ...byReference('staffing-request', [staffingId]), ...EVERY_SEAT }, ['workspace_id']);
  }

  async seats(ids: string[]): Promise<KantataSeat[]> {
    if (ids.length === 0) return [];
    return (await this.#page<KantataSeat>('read-seats', 'workspace_resources', { only: ids.join(','), ...EVERY_SEAT }, ['workspace_id'])).rows;
  }

  async createSeat(seat: Body): Promise<Pick<KantataSeat, 'id' | 'created_at'>> {
    return this.#created<KantataSeat>('create-seat', 'workspace_resources', { workspace_resource: seat });
  }

  async updateSeat(id: string, seat: Body): Promise<void> {
    await this.#put('update-seat', `workspace_resources/${id}`, { workspace_resource: seat });
  }

  /** A duplicate has nobody on it and no request, so it goes; the reference goes first, in case it may not. */
  async retireSeat(id: string, staffingId: string): Promise<void> {
    const external_reference = { subject_type: 'WorkspaceResource', subject_id: Number(id), ...retiredReference('staffing-request', staffingId) };
    await this.#send({
      operation: 'retire-seat',
      kind: 'write',
      method: 'POST',
      path: '/api/v1/external_references/create_or_update',
      body: { external_reference },
      accept: [200, 404, 422],
    });
    await this.#send({
      operation: 'delete-seat',
      kind: 'write',
      method: 'DELETE',
      path: `/api/v1/workspace_resources/${id}`,
      accept: [200, 204, 404, 422],
    });
  }

  /** Requests know no filter by seat and no reference of ours; none is older than its seat. */
  async requestsOf(seat: Pick<KantataSeat, 'id' | 'created_at'>): Promise<KantataRequest[]> {
    const query = { created_after: new Date(Date.parse(seat.created_at) - 1000).toISOString(), include: 'resource' };
    const rows = await this.#all<KantataRequest>('find-requests', 'resource_requests', query, ['status', 'created_at']);
    return rows.filter(row => row.resource?.id === seat.id);
  }

  requestsChanged(since: string | null): AsyncIterable<Page<KantataRequest>> {
    return this.#pages('read-requests', 'resource_requests', { include: 'resource', ...(since === null ? {} : { updated_after: since }) }, [
      'status',
      'created_at',
      'updated_at',
    ]);
  }

  async createRequest(request: Body): Promise<string> {
    return this.#made('create-request', 'resource_requests', { resource_request: request });
  }

  async cancelRequest(id: string): Promise<void> {
    await this.#put('cancel-request', `resource_requests/${id}`, { resource_request: { request_resolution_status: 'cancel' } });
  }

  // ---- what changed ----

  /** From the feed of changes: a paid add-on, kept for nine days, unordered and with duplicates. */
  async *eventsSince(since: string, types: string[]): AsyncGenerator<Hint[]> {
    const query = { created_after: since, order: 'created_at:asc', event_types: types.join(',') };
    for await (const { rows } of this.#pages<KantataEvent>('read-events', 'subscribed_events', query, ['event_type', 'created_at'])) {
      yield rows.map(({ id, created_at, context_workspace_id }) => ({ key: id, at: created_at, workspaceId: idIn(context_workspace_id) }));
    }
  }

  /** The same from the lists: what was changed, not what was deleted. */
  async *updatedSince(since: string): AsyncGenerator<Hint[]> {
    const everywhere = { show_archived: true, show_deleted: true, show_from_archived_workspaces: true };
    const lists: [plural: string, query: Query, workspaceOf: (row: Updated) => unknown][] = [
      ['workspaces', { include_archived: true }, row => row.id],
      ['stories', everywhere, row => row.workspace_id],
      ['time_entries', { from_archived_workspaces: true, on_my_account: true, include: 'workspace' }, row => row.workspace_id],
    ];
    for (const [plural, query, workspaceOf] of lists) {
      const changed = { ...query, updated_after: since, order: 'updated_at:asc' };
      for await (const { rows } of this.#pages<Updated>(`read-changed-${plural.replace('_', '-')}`, plural, changed, ['updated_at'])) {
        yield rows.map(row => ({ key: `${plural}:${row.id}:${row.updated_at}`, at: row.updated_at, workspaceId: idIn(workspaceOf(row)) }));
      }
    }
  }

  async newestEvent(): Promise<KantataEvent | undefined> {
    return (await this.#page<KantataEvent>('read-events', 'subscribed_events', { per_page: 1 }, ['created_at'])).rows[0];
  }

  // ---- what the account calls things ----

  async customFields(subject_type: string): Promise<KantataCustomField[]> {
    return this.#all('read-custom-fields', 'custom_fields', { subject_type }, ['name', 'value_type']);
  }

  async roles(): Promise<KantataNamed[]> {
    return this.#all('read-roles', 'roles', {}, ['name']);
  }

  async rateCards(): Promise<KantataRateCard[]> {
    return this.#all('read-rate-cards', 'rate_cards', {}, ['rate_card_set_title', 'currency']);
  }

  async me(): Promise<KantataUser> {
    return (await this.#page<KantataUser>('read-me', 'users/me', {}, ['email_address'], 'users')).rows[0];
  }

  async userByEmail(by_email_address: string): Promise<KantataUser | undefined> {
    return (await this.#page<KantataUser>('read-users', 'users', { by_email_address, on_my_account: true }, ['email_address'])).rows[0];
  }

  // ---- calls ----

  async #made(operation: string, plural: string, body: Body): Promise<string> {
    return (await this.#created<{ id: string }>(operation, plural, body)).id;
  }

  async #created<T>(operation: string, plural: string, body: Body): Promise<T> {
    const answer = await this.#send({ operation, kind: 'write', method: 'POST', path: `/api/v1/${plural}`, body });
    return this.#rows<T>(answer, plural, [])[0];
  }

  async #put(operation: string, path: string, body: Body): Promise<void> {
    await this.#send({ operation, kind: 'write', method: 'PUT', path: `/api/v1/${path}`, body });
  }

  /** A write was made even if its answer can't be read: what came of it is then unknown, like any lost answer. */
  #rows<T>(answer: VendorAnswer, plural: string, needed: (keyof T & string)[]): T[] {
    try {
      const { rows } = rowsOf<T>(answer, plural, needed);
      if (rows.length > 0) return rows;
    } catch (cause) {
      throw new Problem('vendor-unavailable', "kantata's answer to a write can't be read", { code: 'outcome-unknown', cause });
    }
    throw new Problem('vendor-unavailable', 'kantata answered a write with no record', { code: 'outcome-unknown' });
  }

  async #page<T>(operation: string, path: string, query: Query, needed: readonly (keyof T & string)[], plural = path): Promise<Page<T>> {
    const answer = await this.#send({ operation, kind: 'read', method: 'GET', path: `/api/v1/${path}`, query: { per_page: PER_PAGE, ...query } });
    return rowsOf<T>(answer, plural, [...needed]);
  }

  async #all<T>(operation: string, path: string, query: Query, needed: readonly (keyof T & string)[]): Promise<T[]> {
    const all: T[] = [];
    for await (const { rows } of this.#pages<T>(operation, path, query, needed)) all.push(...rows);
    return all;
  }

  /** Page by page. Throws when rows moved between pages so that some were never seen. */
  async *#pages<T>(operation: string, path: string, query: Query, needed: readonly (keyof T & string)[]): AsyncGenerator<Page<T>> {
    const seen = new Set<unknown>();
    for (let page = 1; ; page++) {
      const { rows, count } = await this.#page<T>(operation, path, { ...query, page }, needed);
      for (const row of rows) seen.add((row as { id: unknown }).id);
      const last = page * PER_PAGE >= count || rows.length === 0;
      if (last && seen.size < count) throw new Problem('vendor-unavailable', `${path} moved while they were read`, { code: 'moved-while-read' });
      yield { rows, count };
      if (last) return;
    }
  }

  #send(call: VendorCall): Promise<VendorAnswer> {
    return this.connector.send(call);
  }
}

const EVERY_WORKSPACE = { include_archived: true, include: WITH_FIELDS, optional_fields: 'minutes_logged' };
const EVERY_SEAT = { include_unnamed: true, include: WITH_FIELDS };

const idIn = (id: unknown): string | null => (id === null || id === undefined ? null : String(id));

const byReference = (model: Model, ids: string[]): Query => ({
  external_reference_service_name: SERVICE,
  external_reference_service_model: reference(model, '').service_model as string,
  external_reference_service_model_refs: ids.join(','),
});

const CODES: Record<number, string> = { 401: 'credentials-refused', 403: 'permission-missing' };

/** Kantata's refusal as a Problem. There are no codes, so its type and sentence go along for whoever must act. */
export function toProblem(answer: VendorAnswer, call: VendorCall): Problem {
  const errors = errorsOf(answer);
  const message = errors.map(error => error.message).join('; ') || `status ${answer.status}`;
  const fields = errors.flatMap(({ field, message: sentence }): FieldFault[] =>
    field === undefined ? [] : [{ field, rule: 'vendor', message: sentence }],
  );
  return new Problem(kindOfStatus(answer.status), `Kantata (${call.operation}): ${message}`, {
    code: CODES[answer.status],
    fields,
    vendor: { system: 'kantata', operation: call.operation, code: `${answer.status} ${errors[0]?.type ?? 'none'}`, message },
  });
}
