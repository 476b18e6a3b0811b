import { mintId, type Assignment } from '#canonical';
import { personOf } from '../kantata-fields.js';
import { roleOf, type KantataNames } from '../kantata-names.js';
import { refTo } from '../kantata.references.js';
import type { KantataAllocation, KantataMember } from './assignments.wire.js';

// Pure: maps Kantata's teams to canonical records.

/** The assignment of a member without scheduled hours, who may book at any time. */
export const openAssignmentId = (memberId: string, { account }: KantataNames): string =>
  mintId('assignment', 'kantata', account, 'workspace_resource', memberId);

export const allocationId = (nativeId: string, { account }: KantataNames): string =>
  mintId('assignment', 'kantata', account, 'workspace_allocation', nativeId);

/** An assignment of a member: for the time of an allocation, or without one with no end. */
export function assignmentOf(member: KantataMember, allocation: KantataAllocation | undefined, projectId: string, names: KantataNames): Assignment {
  const role = member.role_name ? roleOf(member.role_name, names) : undefined;
  return {
    id: allocation ? allocationId(allocation.id, names) : openAssignmentId(member.id, names),
    projectId,
    person: personOf(member.user),
    ...(role === undefined ? {} : { role }),
    ...(allocation?.start_date ? { startDate: allocation.start_date } : {}),
    ...(allocation?.end_date ? { endDate: allocation.end_date } : {}),
    refs: [
      refTo(names.account, 'workspace_resource', member.id),
      ...(allocation ? [refTo(names.account, 'workspace_allocation', allocation.id)] : []),
    ],
  };
}
