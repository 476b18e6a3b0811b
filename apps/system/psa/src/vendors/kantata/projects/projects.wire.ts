import type { Shape } from '#canonical';
import type { Body, KantataApi, Page } from '../kantata.api.js';
import { NO_ROWS, type KantataCarrier, type Rows } from '../kantata-envelope.js';
import { byReference, retiredReference, type Model } from '../kantata.references.js';

export interface KantataWorkspace extends KantataCarrier {
  title: string;
  archived: boolean;
  currency: string;
  currency_base_unit: number;
  price_in_cents: number;
  rate_card_id: number | string | null;
  start_date: string | null;
  due_date: string | null;
  minutes_logged?: number;
}

export interface KantataStory extends KantataCarrier {
  title: string;
  story_type: 'task' | 'deliverable' | 'milestone' | 'issue';
  workspace_id: string;
  archived: boolean;
  start_date: string | null;
  due_date: string | null;
  time_estimate_in_minutes: number | null;
  budget_estimate_in_cents: number | null;
  billable: boolean;
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
const EVERY_WORKSPACE = { include_archived: true, include: WITH_FIELDS, optional_fields: 'minutes_logged' };

/** Which call, which path, which parameters. Answers records as they came, checked. */
export class ProjectCalls {
  constructor(private readonly api: KantataApi) {}

  /** All that bear the reference, archived too. Two may: Kantata doesn't mind. */
  async workspacesOf(projectId: string): Promise<KantataWorkspace[]> {
    return this.api.all<KantataWorkspace>('find-workspace', 'workspaces', { ...byReference('project', [projectId]), ...EVERY_WORKSPACE }, WORKSPACE);
  }

  /** Those of the ids that exist, archived too. */
  async workspaces(ids: string[]): Promise<Rows<KantataWorkspace>> {
    if (ids.length === 0) return NO_ROWS;
    return this.api.page<KantataWorkspace>('read-workspaces', 'workspaces', { only: ids.join(','), ...EVERY_WORKSPACE }, WORKSPACE);
  }

  allWorkspaces(): AsyncIterable<Page<KantataWorkspace>> {
    return this.api.pages<KantataWorkspace>('sweep-workspaces', 'workspaces', { ...EVERY_WORKSPACE, order: 'created_at:asc' }, WORKSPACE);
  }

  async createWorkspace(workspace: Body): Promise<string> {
    return this.api.made('create-workspace', 'workspaces', { workspace });
  }

  async updateWorkspace(id: string, workspace: Body): Promise<void> {
    await this.api.put('update-workspace', `workspaces/${id}`, { workspace });
  }

  async retireWorkspace(id: string, projectId: string): Promise<void> {
    await this.api.put('retire-workspace', `workspaces/${id}`, {
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
    return this.api.all<KantataStory>('read-stories', 'stories', query, STORY);
  }

  /** Creates all or none of them. Returns their ids in the given order. */
  async createStories(stories: Body[]): Promise<string[]> {
    const answer = await this.api.send({ operation: 'create-stories', kind: 'write', method: 'POST', path: '/api/v1/stories', body: { stories } });
    return this.api.rows<{ id: string }>(answer, 'stories').map(({ id }) => id);
  }

  async updateStory(id: string, story: Body): Promise<void> {
    await this.api.put('update-story', `stories/${id}`, { story });
  }

  async retireStory(id: string, model: Model, key: string): Promise<void> {
    await this.api.put('retire-story', `stories/${id}`, { story: { archived: true, external_reference: retiredReference(model, key) } });
  }

  async hasTime(workspaceId: string): Promise<boolean> {
    const query = { workspace_id: workspaceId, from_archived_workspaces: true, on_my_account: true, per_page: 1 };
    return (await this.api.page('read-time-entries', 'time_entries', query, {})).count > 0;
  }
}
