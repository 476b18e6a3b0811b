import type { Shape } from '#canonical';
import type { KantataUser } from '../kantata-envelope.js';

/** Somebody on a project's team; `role_name` is their role on it. */
export interface KantataMember {
  id: string;
  updated_at: string;
  workspace_id: number | string;
  role_name: string | null;
  /** Null: a role that nobody fills yet. */
  user?: KantataUser | null;
}

export interface KantataAllocation {
  id: string;
  updated_at: string;
  workspace_resource_id: string | number;
  start_date: string | null;
  end_date: string | null;
}

export const MEMBER: Shape<KantataMember> = { workspace_id: 'id', role_name: 'text?' };
export const ALLOCATION: Shape<KantataAllocation> = { workspace_resource_id: 'id', updated_at: 'instant', start_date: 'day?', end_date: 'day?' };
