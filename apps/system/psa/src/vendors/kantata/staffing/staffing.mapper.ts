import { mintId, type ExternalRef, type StaffingRequest, type StaffingStatus } from '#canonical';
import type { StaffingSeat } from '../../../projects/project-records.js';
import type { Body } from '../kantata.api.js';
import { unfit } from '../kantata-envelope.js';
import { checkedOf, textOf } from '../kantata-fields.js';
import { roleNameOf, roleOf, type KantataIds, type KantataNames } from '../kantata-names.js';
import { ourId, reference, refTo } from '../kantata.references.js';
import type { KantataRequest, KantataSeat } from './staffing.wire.js';

// Pure, both ways: a seat that bears our id, and the request to fill it.

export const seatRef = (seatId: string, { account }: KantataNames): ExternalRef => refTo(account, 'workspace_resource', seatId);
export const requestRef = (requestId: string, { account }: KantataNames): ExternalRef => refTo(account, 'resource_request', requestId);

export function seatOfResource(seat: KantataSeat, projectId: string, names: KantataNames): StaffingSeat {
  return { id: staffingIdOf(seat, names), projectId, role: roleOf(seat.role_name ?? '', names) };
}

export const staffingIdOf = (seat: Pick<KantataSeat, 'id' | 'external_references'>, names: KantataNames): string =>
  ourId(seat.external_references, 'staffing-request') ?? mintId('staffing-request', 'kantata', names.account, seat.id);

export const seatBody = (seat: StaffingSeat, workspaceId: string, names: KantataNames, ids: KantataIds): Body => ({
  workspace_id: Number(workspaceId),
  user_id: null,
  role_id: Number(ids.role(roleNameOf(seat.role, names))),
  external_reference: reference('staffing-request', seat.id),
});

const STATUSES: Record<KantataRequest['status'], StaffingStatus> = {
  new: 'requested',
  approved: 'staffed',
  rejected: 'rejected',
  cancelled: 'cancelled',
};

/** The request, with the fields that its seat holds for it. */
export function staffingRequestOf(request: KantataRequest, projectId: string, names: KantataNames): StaffingRequest {
  const { custom_field_values: values } = request.resource;
  const created = request.created_at.slice(0, 10);
  if (!(request.status in STATUSES)) throw unfit([{ field: 'status', rule: 'known' }]);
  return {
    ...seatOfResource(request.resource, projectId, names),
    skills: textOf(values, names.seat.skills)?.split(', ') ?? [],
    legalEntity: textOf(values, names.seat.legalEntity) ?? '',
    startDate: checkedOf(values, names.seat.start, 'day') ?? created,
    endDate: checkedOf(values, names.seat.end, 'day') ?? created,
    minutes: Number(checkedOf(values, names.seat.minutes, 'amount') ?? 0),
    status: STATUSES[request.status],
  };
}

/**
 * The dates are sent twice: as the seat's soft allocation for people who plan, and as fields that
 * can be read back with the seat.
 */
export function requestBody(request: StaffingRequest, seatId: string, names: KantataNames, ids: KantataIds): Body {
  const custom = (name: string, value: unknown) => ({ custom_field_id: Number(ids.customField('Resource', name)), value });
  return {
    resource_id: Number(seatId),
    approver_ids: [Number(ids.approver())],
    workspace_allocation_start_date: request.startDate,
    workspace_allocation_end_date: request.endDate,
    custom_fields: [
      custom(names.seat.skills, request.skills.length > 0 ? request.skills.join(', ') : null),
      custom(names.seat.legalEntity, request.legalEntity),
      custom(names.seat.minutes, request.minutes),
      custom(names.seat.start, request.startDate),
      custom(names.seat.end, request.endDate),
    ],
  };
}
