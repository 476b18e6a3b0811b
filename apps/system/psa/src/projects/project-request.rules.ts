import type { PsaAbility } from '#apis/psa';
import type { FieldFault, Project, StaffingRequest } from '#canonical';

/** Faults of a request that no single field's rule finds; all at once. */
export function projectFaults(id: string, project: Project): FieldFault[] {
  const { currency, budget, milestones, tasks } = project;
  const ids = [...tasks, ...milestones].map(record => record.id);
  return [
    ...idFaults(id, project.id),
    ...dateFaults(project),
    ...(budget.currency === currency ? [] : [fault('budget.currency', 'currency', `must be the project's currency ${currency}`)]),
    ...milestones.flatMap(({ amount }, index) =>
      amount.currency === currency ? [] : [fault(`milestones[${index}].amount.currency`, 'currency', `must be the project's currency ${currency}`)],
    ),
    ...(new Set(ids).size === ids.length ? [] : [fault('tasks', 'unique', 'must not name an id twice, milestones included')]),
  ];
}

/** The abilities that the PSA needs for such a project. */
export const neededFor = ({ status, milestones }: Project): PsaAbility[] => [
  ...(status === 'archived' ? (['archive'] as const) : []),
  ...(milestones.length > 0 ? (['milestones'] as const) : []),
];

export const staffingFaults = (id: string, request: StaffingRequest): FieldFault[] => [
  ...idFaults(id, request.id),
  ...dateFaults(request),
  ...(request.status === 'requested' || request.status === 'cancelled'
    ? []
    : [fault('status', 'asked', 'must be requested or cancelled: people in the PSA decide the rest')]),
];

const fault = (field: string, rule: string, says: string): FieldFault => ({ field, rule, message: `${field} ${says}` });
const idFaults = (path: string, body: string) => (path === body ? [] : [fault('id', 'same-id', `must be the id in the path, ${path}`)]);
const dateFaults = ({ startDate, endDate }: { startDate: string; endDate: string }) =>
  startDate <= endDate ? [] : [fault('endDate', 'order', `must not be before startDate ${startDate}`)];
