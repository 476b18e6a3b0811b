import { canonicalJson, type Effect, type StaffingRequest } from '#canonical';
import { seatOf, type StaffingRecords } from '../projects/project-records.js';

type Change = Pick<Effect, 'operation' | 'noun' | 'externalId' | 'before' | 'after' | 'money'>;

const bag = (record: object | null) => record as Record<string, unknown> | null;
const live = (request: StaffingRequest): boolean => request.status === 'requested' || request.status === 'staffed';

/**
 * The writes for the desired request: a seat for the role, and the request to fill it. People
 * answer a request, so repeating ours doesn't reset its status. A request with changed content is
 * cancelled and raised again, because its approver must see the change. A cancelled one is raised
 * again on the same seat.
 */
export function staffingChanges(desired: StaffingRequest, current: StaffingRecords | null): Change[] {
  const { id } = desired;
  const request = current?.request ?? null;
  if (desired.status === 'cancelled') return request && live(request) ? [cancelled(request)] : [];
  const seat = seatChange(desired, current);
  const raised = { ...desired, status: 'requested' as const };
  const raise = (operation: Change['operation'], before: StaffingRequest | null): Change => ({
    operation,
    noun: 'staffing-request',
    externalId: id,
    before: bag(before),
    after: bag(raised),
    money: null,
  });
  if (!request) return [...seat, raise('create', null)];
  if (request.status === 'cancelled') return [...seat, raise('reactivate', request)];
  if (sameContent(request, desired)) return [];
  if (!live(request)) return [...seat, raise('reactivate', request)];
  const cancel = cancelled(request);
  return [cancel, ...seat, raise('reactivate', cancel.after as unknown as StaffingRequest)];
}

/** A seat is for one role: of another role it is changed, and no other is made. */
function seatChange(desired: StaffingRequest, current: StaffingRecords | null): Change[] {
  const after = seatOf(desired);
  if (current && current.seat.role === after.role) return [];
  const before = current && current.seat;
  return [
    {
      operation: before ? 'update' : 'create',
      noun: 'staffing-resource',
      externalId: desired.id,
      before: bag(before),
      after: bag(after),
      money: null,
    },
  ];
}

function cancelled(request: StaffingRequest): Change {
  return {
    operation: 'archive',
    noun: 'staffing-request',
    externalId: request.id,
    before: bag(request),
    after: { ...request, status: 'cancelled' },
    money: null,
  };
}

const sameContent = (a: StaffingRequest, b: StaffingRequest): boolean => canonicalJson({ ...a, status: '' }) === canonicalJson({ ...b, status: '' });
