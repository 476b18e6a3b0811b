import type { KantataRow } from './account.js';
import { unprocessable } from './answers.js';
import {
  date,
  equals,
  flag,
  idOf,
  ids,
  includeMany,
  includeOne,
  includeReferences,
  includeValues,
  on,
  oneOf,
  shortText,
  text,
  whole,
  type Resource,
} from './resource.js';

const STATES: Record<string, string> = { 'not started': 'not started', started: 'started', 'needs info': 'started', completed: 'completed' };
const BUDGET_FIELDS = ['budget_estimate_in_cents', 'fixed_fee'] as const;

/** Archived and deleted stories, and those of archived projects, are hidden unless asked for. */
function visible(row: KantataRow, query: URLSearchParams, account: Parameters<NonNullable<Resource['visible']>>[2]): boolean {
  if (row.archived === true && !on(query.get('show_archived'))) return false;
  if (row.deleted_at !== null && !on(query.get('show_deleted')) && !on(query.get('only_deleted'))) return false;
  if (row.deleted_at === null && on(query.get('only_deleted'))) return false;
  return account.get('workspaces', row.workspace_id)?.archived !== true || on(query.get('show_from_archived_workspaces'));
}

/** Tasks, deliverables, milestones and issues: one record type, distinguished by `story_type`. */
export const stories: Resource = {
  plural: 'stories',
  singular: 'story',
  subject: 'Story',
  noticed: true,
  bulk: 300,
  writes: ['create', 'update', 'delete'],
  required: { workspace_id: "Workspace can't be blank", title: "Title can't be blank" },
  fields: {
    workspace_id: idOf('workspaces'),
    title: text,
    story_type: oneOf('task', 'deliverable', 'milestone', 'issue'),
    description: shortText(1000),
    parent_id: idOf('stories'),
    start_date: date,
    due_date: date,
    status: oneOf(...Object.keys(STATES)),
    percentage_complete: whole,
    time_estimate_in_minutes: whole,
    budget_estimate_in_cents: whole,
    fixed_fee: flag,
    billable: flag,
    weight: whole,
    priority: oneOf('low', 'normal', 'high', 'critical'),
    assignee_ids: ids('users'),
    time_trackable: flag,
    archived: flag,
  },
  defaults: () => ({
    story_type: 'task',
    description: null,
    parent_id: null,
    start_date: null,
    due_date: null,
    status: 'not started',
    percentage_complete: 0,
    time_estimate_in_minutes: null,
    budget_estimate_in_cents: null,
    fixed_fee: false,
    billable: true,
    weight: null,
    priority: 'normal',
    assignee_ids: [],
    time_trackable: true,
    archived: false,
    deleted_at: null,
  }),
  check(row, _, account) {
    const workspace = account.get('workspaces', row.workspace_id);
    const budget = BUDGET_FIELDS.find(field => row[field] !== null && row[field] !== false);
    if (budget && workspace?.budgeted !== true) throw unprocessable({ field: budget, message: 'The project is not budgeted' });
    if (row.weight !== null && (row.story_type !== 'milestone' || row.parent_id !== null))
      throw unprocessable({ field: 'weight', message: 'Only a top-level milestone has a weight' });
    if (row.start_date && row.due_date && (row.start_date as string) > (row.due_date as string))
      throw unprocessable({ field: 'due_date', message: 'Due date must be after the start date' });
    row.state = STATES[row.status as string];
  },
  visible,
  candidates: (query, account) =>
    query
      .get('workspace_id')
      ?.split(',')
      .flatMap(id => account.storiesOf(id)),
  shown: row => row,
  includes: {
    external_references: includeReferences('Story'),
    custom_field_values: includeValues('Story'),
    workspace: includeOne('workspaces', 'workspace_id'),
    parent: includeOne('stories', 'parent_id'),
    assignees: includeMany('users', 'assignee_ids', (row, account) => (row.assignee_ids as string[]).map(id => account.get('users', id)!)),
  },
  filters: {
    workspace_id: equals('workspace_id'),
    story_type: equals('story_type'),
    story_types: equals('story_type'),
    with_parent_id: equals('parent_id'),
    parents_only: (row, value) => !on(value) || row.parent_id === null,
    completed: row => row.state === 'completed',
    uncompleted: row => row.state !== 'completed',
  },
  orders: ['updated_at', 'created_at', 'title', 'start_date', 'due_date'],
  defaultOrder: 'updated_at:desc',
};
