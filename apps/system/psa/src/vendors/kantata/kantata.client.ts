import type { Shape } from '#canonical';
import { every, type Body, type Gathered, type KantataCalls, type Page, type Query } from './kantata.calls.js';
import { reference, retiredReference, type Model, SERVICE } from './kantata.mapper.js';
import type {
  KantataCustomField,
  KantataEvent,
  KantataNamed,
  KantataRateCard,
  KantataRequest,
  KantataSeat,
  KantataStory,
  KantataUser,
  KantataWorkspace,
  Rows,
} from './kantata.wire.js';

/** That something of a project changed. */
export interface Hint {
  /** Names this change: the same again is a repetition. */
  key: string;
  /** Undefined where it doesn't tell: it is looked at each time. */
  at?: string;
  workspaceId: string | null;
  /** Only that more time was booked on it. */
  booking?: boolean;
}

interface Updated {
  id: string;
  updated_at: string;
  workspace_id?: unknown;
}

const WITH_FIELDS = 'custom_field_values,external_references';
const WORKSPACE: Shape<KantataWorkspace> = {
  title: 'text',
  archived: 'flag',
  currency: 'currency',
  currency_base_unit: 'positive',
  price_in_cents: 'number',
  created_at: 'instant',
  updated_at: 'instant',
  start_date: 'day?',
  due_date: 'day?',
  rate_card_id: 'id?',
  minutes_logged: 'number?',
};
const STORY: Shape<KantataStory> = {
  title: 'text',
  story_type: 'text',
  workspace_id: 'id',
  archived: 'flag',
  billable: 'flag',
  created_at: 'instant',
  start_date: 'day?',
  due_date: 'day?',
  time_estimate_in_minutes: 'number?',
  budget_estimate_in_cents: 'number?',
};
const SEAT: Shape<KantataSeat> = { workspace_id: 'id', created_at: 'instant', role_name: 'text?' };
const REQUEST: Shape<KantataRequest> = { status: 'text', created_at: 'instant' };

/** Which call, which path, which parameters. Answers records as they came, checked. */
export class KantataClient {
  constructor(private readonly calls: KantataCalls) {}

  /** A moment that has passed by Kantata's clock, as far as it was heard, and by ours, in ms. */
  now(): number {
    return this.calls.now();
  }

  // ---- projects ----

  /** All that bear the reference, archived too. Two may: Kantata doesn't mind. */
  async workspacesOf(projectId: string): Promise<KantataWorkspace[]> {
    return this.calls.all<KantataWorkspace>(
      'find-workspace',
      'workspaces',
      { ...byReference('project', [projectId]), ...EVERY_WORKSPACE },
      WORKSPACE,
    );
  }

  /** Those of the ids that exist, archived too. */
  async workspaces(ids: string[]): Promise<Rows<KantataWorkspace>> {
    if (ids.length === 0) return NO_ROWS;
    return this.calls.page<KantataWorkspace>('read-workspaces', 'workspaces', { only: ids.join(','), ...EVERY_WORKSPACE }, WORKSPACE);
  }

  allWorkspaces(): AsyncIterable<Page<KantataWorkspace>> {
    return this.calls.pages<KantataWorkspace>('sweep-workspaces', 'workspaces', { ...EVERY_WORKSPACE, order: 'created_at:asc' }, WORKSPACE);
  }

  async createWorkspace(workspace: Body): Promise<string> {
    return this.calls.made('create-workspace', 'workspaces', { workspace });
  }

  async updateWorkspace(id: string, workspace: Body): Promise<void> {
    await this.calls.put('update-workspace', `workspaces/${id}`, { workspace });
  }

  async retireWorkspace(id: string, projectId: string): Promise<void> {
    await this.calls.put('retire-workspace', `workspaces/${id}`, {
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
    return this.calls.all<KantataStory>('read-stories', 'stories', query, STORY);
  }

  /** All or none of them are made. Answers their ids in the order given. */
  async createStories(stories: Body[]): Promise<string[]> {
    const answer = await this.calls.send({ operation: 'create-stories', kind: 'write', method: 'POST', path: '/api/v1/stories', body: { stories } });
    return this.calls.rows<{ id: string }>(answer, 'stories').map(({ id }) => id);
  }

  async updateStory(id: string, story: Body): Promise<void> {
    await this.calls.put('update-story', `stories/${id}`, { story });
  }

  async retireStory(id: string, model: Model, key: string): Promise<void> {
    await this.calls.put('retire-story', `stories/${id}`, { story: { archived: true, external_reference: retiredReference(model, key) } });
  }

  async hasTime(workspaceId: string): Promise<boolean> {
    const query = { workspace_id: workspaceId, from_archived_workspaces: true, on_my_account: true, per_page: 1 };
    return (await this.calls.page('read-time-entries', 'time_entries', query, {})).count > 0;
  }

  // ---- staffing ----

  async seatsOf(staffingId: string): Promise<KantataSeat[]> {
    return this.calls.all('find-seat', 'workspace_resources', { ...byReference('staffing-request', [staffingId]), ...EVERY_SEAT }, SEAT);
  }

  async seats(ids: string[]): Promise<Rows<KantataSeat>> {
    if (ids.length === 0) return NO_ROWS;
    return this.calls.page<KantataSeat>('read-seats', 'workspace_resources', { only: ids.join(','), ...EVERY_SEAT }, SEAT);
  }

  async createSeat(seat: Body): Promise<Pick<KantataSeat, 'id' | 'created_at'>> {
    return this.calls.created<KantataSeat>('create-seat', 'workspace_resources', { workspace_resource: seat });
  }

  async updateSeat(id: string, seat: Body): Promise<void> {
    await this.calls.put('update-seat', `workspace_resources/${id}`, { workspace_resource: seat });
  }

  /** A duplicate has nobody on it and no request, so it goes; the reference goes first, in case it may not. */
  async retireSeat(id: string, staffingId: string): Promise<void> {
    const external_reference = { subject_type: 'WorkspaceResource', subject_id: Number(id), ...retiredReference('staffing-request', staffingId) };
    await this.calls.send({
      operation: 'retire-seat',
      kind: 'write',
      method: 'POST',
      path: '/api/v1/external_references/create_or_update',
      body: { external_reference },
      accept: [200, 404, 422],
    });
    await this.calls.send({
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
    const rows = await this.calls.all<KantataRequest>('find-requests', 'resource_requests', query, REQUEST);
    return rows.filter(row => row.resource?.id === seat.id);
  }

  requestsChanged(since: string | null): AsyncIterable<Page<KantataRequest>> {
    const query = { include: 'resource', ...(since === null ? {} : { updated_after: since }) };
    return this.calls.pages<KantataRequest>('read-requests', 'resource_requests', query, { ...REQUEST, updated_at: 'instant' });
  }

  async createRequest(request: Body): Promise<string> {
    return this.calls.made('create-request', 'resource_requests', { resource_request: request });
  }

  async cancelRequest(id: string): Promise<void> {
    await this.calls.put('cancel-request', `resource_requests/${id}`, { resource_request: { request_resolution_status: 'cancel' } });
  }

  // ---- what changed ----

  /** From the feed of changes: a paid add-on, kept for nine days, unordered and with duplicates. */
  async *eventsSince(since: string, types: string[]): AsyncGenerator<Hint[]> {
    const query = { created_after: since, order: 'created_at:asc', event_types: types.join(',') };
    const shape: Shape<KantataEvent> = { event_type: 'text', created_at: 'instant' };
    for await (const { rows, unfit } of this.calls.pages<KantataEvent>('read-events', 'subscribed_events', query, shape)) {
      yield [
        ...rows.map(({ id, event_type, created_at, context_workspace_id }) => ({
          key: id,
          at: created_at,
          workspaceId: idIn(context_workspace_id),
          booking: event_type === 'time_entry:created',
        })),
        ...unfit.map(({ id, row }) => ({ key: id ?? '', workspaceId: idIn(row.context_workspace_id) })),
      ];
    }
  }

  /** The same from the lists: what was changed and where time was booked, not what was deleted. */
  async *updatedSince(since: string): AsyncGenerator<Hint[]> {
    const everywhere = { show_archived: true, show_deleted: true, show_from_archived_workspaces: true };
    const changed = { updated_after: since };
    const booked = { created_after: since, from_archived_workspaces: true, on_my_account: true, include: 'workspace' };
    const lists: [plural: string, query: Query, workspaceOf: (row: Partial<Updated>) => unknown][] = [
      ['workspaces', { ...changed, include_archived: true }, row => row.id],
      ['stories', { ...changed, ...everywhere }, row => row.workspace_id],
      ['time_entries', booked, row => row.workspace_id],
    ];
    for (const [plural, query, workspaceOf] of lists) {
      const asked = { ...query, order: 'updated_at:asc' };
      const booking = plural === 'time_entries';
      const operation = `read-changed-${plural.replace('_', '-')}`;
      for await (const { rows, unfit } of this.calls.pages<Updated>(operation, plural, asked, { updated_at: 'instant' })) {
        yield [
          ...rows.map(row => ({ key: `${plural}:${row.id}:${row.updated_at}`, at: row.updated_at, workspaceId: idIn(workspaceOf(row)), booking })),
          ...unfit.map(({ id = '', row }) => ({ key: `${plural}:${id}`, workspaceId: idIn(workspaceOf({ id, ...row })) })),
        ];
      }
    }
  }

  async newestEvent(): Promise<KantataEvent | undefined> {
    return (await this.calls.page<KantataEvent>('read-events', 'subscribed_events', { per_page: 1 }, { created_at: 'instant' })).rows[0];
  }

  // ---- what the account calls things ----

  /** One without a name is named by nobody. */
  async customFields(subject_type: string): Promise<KantataCustomField[]> {
    return (await this.calls.gathered<KantataCustomField>('read-custom-fields', 'custom_fields', { subject_type }, { name: 'text' })).rows;
  }

  async roles(): Promise<KantataNamed[]> {
    return (await this.calls.gathered<KantataNamed>('read-roles', 'roles', {}, { name: 'text' })).rows;
  }

  rateCards(): Promise<Gathered<KantataRateCard>> {
    return this.calls.gathered<KantataRateCard>('read-rate-cards', 'rate_cards', {}, { rate_card_set_title: 'text', currency: 'currency' });
  }

  async me(): Promise<KantataUser> {
    return every('users', await this.calls.page<KantataUser>('read-me', 'users/me', {}, { email_address: 'text' }, { plural: 'users' }))[0];
  }

  async userByEmail(by_email_address: string): Promise<KantataUser | undefined> {
    const query = { by_email_address, on_my_account: true };
    return every('users', await this.calls.page<KantataUser>('read-users', 'users', query, { email_address: 'text' }))[0];
  }
}

const NO_ROWS: Rows<never> = { rows: [], unfit: [], shown: 0, count: 0 };
const EVERY_WORKSPACE = { include_archived: true, include: WITH_FIELDS, optional_fields: 'minutes_logged' };
const EVERY_SEAT = { include_unnamed: true, include: WITH_FIELDS };

const idIn = (id: unknown): string | null => (id === null || id === undefined ? null : String(id));

const byReference = (model: Model, ids: string[]): Query => ({
  external_reference_service_name: SERVICE,
  external_reference_service_model: reference(model, '').service_model as string,
  external_reference_service_model_refs: ids.join(','),
});
