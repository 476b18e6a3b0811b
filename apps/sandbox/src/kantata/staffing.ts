import { unprocessable } from './answers.js';
import type { Account, KantataRow } from './account.js';
import { checkedValues, putValue } from './custom-fields.js';
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
  passed,
  whole,
  without,
  type Fields,
  type Resource,
} from './resource.js';

/**
 * A seat on a project's team: a person in a role, or a role nobody fills yet (unnamed). Unnamed
 * ones are hidden by default.
 */
export const workspaceResources: Resource = {
  plural: 'workspace_resources',
  singular: 'workspace_resource',
  subject: 'WorkspaceResource',
  noticed: true,
  bulk: 200,
  writes: ['create', 'update', 'delete'],
  required: { workspace_id: "Workspace can't be blank" },
  fields: { workspace_id: idOf('workspaces'), user_id: idOf('users'), role_id: idOf('roles') },
  defaults: (sent, account) => ({ user_id: null, role_id: account.get('users', sent.user_id)?.role_id ?? null }),
  check(row) {
    if (row.user_id === null && row.role_id === null) throw unprocessable({ field: 'role_id', message: 'Role is required for an unnamed resource' });
  },
  // "A workspace resource is not deletable if it is the last resource for a user's primary role."
  mayDelete(row) {
    if (row.user_id !== null) throw unprocessable({ field: 'base', message: 'This resource cannot be deleted' });
  },
  visible: (row, query) => row.user_id !== null || on(query.get('include_unnamed')) || on(query.get('only_unnamed')),
  candidates: (query, account) =>
    query
      .get('workspace_id')
      ?.split(',')
      .flatMap(id => account.resourcesOf(id)),
  shown(row, account) {
    const role = account.get('roles', row.role_id)?.name ?? null;
    const name = account.get('users', row.user_id)?.full_name ?? `Unnamed ${String(role)}`;
    const workspace = account.get('workspaces', row.workspace_id);
    return {
      ...without(row, 'user_id', 'role_id'),
      label: name,
      display_label: name,
      full_name: name,
      role_name: role,
      workspace_id: Number(row.workspace_id),
      workspace_title: workspace?.title,
    };
  },
  includes: {
    external_references: includeReferences('WorkspaceResource'),
    custom_field_values: includeValues('Resource'),
    user: includeOne('users', 'user_id'),
    role: includeOne('roles', 'role_id'),
  },
  filters: {
    workspace_id: equals('workspace_id'),
    user_id: equals('user_id'),
    role_id: equals('role_id'),
    only_unnamed: (row, value) => !on(value) || row.user_id === null,
  },
  orders: ['updated_at', 'created_at'],
  defaultOrder: 'updated_at:desc',
};

const RESOLVED: Record<string, string> = { approve: 'approved', reject: 'rejected', cancel: 'cancelled' };

/** Somebody asks for a person for a seat. No delete, no external reference of its own. */
export const resourceRequests: Resource = {
  plural: 'resource_requests',
  singular: 'resource_request',
  writes: ['create', 'update'],
  fields: {
    approver_ids: ids('users'),
    resource_id: idOf('workspace_resources'),
    resource_workspace_id: passed,
    resource_role_id: passed,
    workspace_allocation_start_date: passed,
    workspace_allocation_end_date: passed,
    workspace_allocation_percentage: passed,
    custom_fields: passed,
    request_resolution_status: passed,
    user_id: passed,
    allocations_state: passed,
  },
  defaults: (_, account) => ({ approver_ids: [], resource_id: null, status: 'new', creator_id: account.me()?.id ?? null }),
  check(row, before) {
    if (before === null && (row.approver_ids as string[]).length === 0)
      throw unprocessable({ field: 'approver_ids', message: "Approvers can't be blank" });
  },
  after: (row, before, sent, account) => (before === null ? raise(row, sent, account) : resolve(row, sent, account)),
  shown: row => without(row, 'approver_ids', 'resource_id', 'creator_id'),
  includes: {
    approvers: includeMany('users', 'approver_ids', (row, account) => (row.approver_ids as string[]).map(id => account.get('users', id)!)),
    creator: includeOne('users', 'creator_id'),
    resource: includeOne('workspace_resources', 'resource_id'),
  },
  filters: { pending_requests_only: (row, value) => !on(value) || row.status === 'new' },
  orders: [],
  defaultOrder: 'created_at:asc',
};

function raise(row: KantataRow, sent: Fields, account: Account): KantataRow {
  const resource = account.get('workspace_resources', row.resource_id) ?? newSeat(sent, account);
  const [start, end] = [sent.workspace_allocation_start_date, sent.workspace_allocation_end_date];
  if (start !== undefined && end !== undefined) {
    const percentage = sent.workspace_allocation_percentage ?? null;
    account.insert('workspace_allocations', {
      workspace_id: resource.workspace_id,
      workspace_resource_id: resource.id,
      start_date: start,
      end_date: end,
      percentage,
      minutes: null,
      hard: false,
      notes: null,
    });
  }
  for (const value of checkedValues('Resource', sent.custom_fields, account)) putValue('Resource', resource.id, value, account);
  return account.change('resource_requests', row, { resource_id: resource.id });
}

function newSeat(sent: Fields, account: Account): KantataRow {
  const workspace = account.get('workspaces', sent.resource_workspace_id);
  const role = account.get('roles', sent.resource_role_id);
  if (!workspace || !role) throw unprocessable({ field: 'resource_id', message: 'A resource, or a project and a role, is required' });
  return account.insert('workspace_resources', { workspace_id: workspace.id, user_id: null, role_id: role.id });
}

/** Approving may name the person; the seat is theirs then. */
function resolve(row: KantataRow, sent: Fields, account: Account): KantataRow {
  const status = RESOLVED[String(sent.request_resolution_status)];
  if (!status) throw unprocessable({ field: 'request_resolution_status', message: 'must be one of approve, reject, cancel' });
  if (row.status !== 'new' && !(row.status === 'approved' && status === 'cancelled'))
    throw unprocessable({ field: 'base', message: `This request is already ${String(row.status)}` });
  const resource = account.get('workspace_resources', row.resource_id);
  if (status === 'approved' && sent.user_id !== undefined && resource) {
    const user = account.get('users', sent.user_id);
    if (!user) throw unprocessable({ field: 'user_id', message: `user ${String(sent.user_id)} does not exist` });
    account.change('workspace_resources', resource, { user_id: user.id });
  }
  return account.change('resource_requests', row, { status });
}

export const workspaceAllocations: Resource = {
  plural: 'workspace_allocations',
  singular: 'workspace_allocation',
  subject: 'WorkspaceAllocation',
  noticed: true,
  bulk: 200,
  writes: ['create', 'update', 'delete'],
  required: {
    resource_id: "Resource can't be blank",
    start_date: "Start date can't be blank",
    end_date: "End date can't be blank",
    minutes: "Minutes can't be blank",
  },
  fields: { resource_id: passed, start_date: date, end_date: date, minutes: whole, hard: flag, notes: passed },
  defaults: (sent, account) => ({
    workspace_resource_id: account.get('workspace_resources', sent.resource_id)?.id ?? null,
    workspace_id: account.get('workspace_resources', sent.resource_id)?.workspace_id ?? null,
    percentage: null,
    hard: false,
    notes: null,
  }),
  check(row) {
    if (row.workspace_resource_id === null) throw unprocessable({ field: 'resource_id', message: 'Resource does not exist' });
  },
  shown: row => without(row, 'workspace_id'),
  includes: { external_references: includeReferences('WorkspaceAllocation'), workspace: includeOne('workspaces', 'workspace_id') },
  filters: {},
  orders: ['created_at', 'updated_at'],
  defaultOrder: 'created_at:asc',
};
