import type { Fault } from '#apis';
import type { Assignment } from '#canonical';
import type { BillingPolicy, LineFacts, WorkerFacts } from '../facts/line-facts.js';
import { fault, type CheckedLine } from './line-check.js';
import { needs } from '../needs.js';

/**
 * Checks who worked: exactly one worker has the e-mail address, was employed on the work date, and
 * has in HCM on that day the role that the time was booked in. By policy an assignment that covers
 * the day may give the role too: a senior consultant who manages this project.
 */
export function workerFaults(
  line: CheckedLine,
  { matches, worker }: WorkerFacts,
  covering: Assignment[],
  { roleBy = 'hcm' }: Pick<BillingPolicy, 'roleBy'>,
): Fault[] {
  const unknown = { category: 'missing-reference', desk: 'hr-operations', need: needs.worker(line.email, 'known'), field: 'person.email' } as const;
  if (!line.email) return [fault('worker.email-missing', line, { ...unknown, desk: 'pmo', need: needs.line(line.id, 'corrected') })];
  if (matches > 1) return [fault('worker.ambiguous', line, { ...unknown, category: 'conflict', params: { matches: String(matches) } })];
  if (!worker) return [fault('worker.unknown', line, { ...unknown, params: { email: line.email } })];
  return [
    ...(worker.status === 'active'
      ? []
      : [
          fault(worker.status === 'terminated' ? 'worker.terminated' : 'worker.not-started', line, {
            category: 'policy',
            desk: 'hr-operations',
            need: needs.worker(worker.workerId, 'employed'),
            field: 'workDate',
          }),
        ]),
    ...(line.role === undefined || line.role === worker.role || (roleBy === 'hcm-or-assignment' && covering.some(({ role }) => role === line.role))
      ? []
      : [
          fault('worker.role-differs', line, {
            category: 'policy',
            desk: 'hr-operations',
            need: needs.workerRole(worker.workerId, line.role),
            field: 'role',
            params: { role: line.role, found: worker.role },
          }),
        ]),
  ];
}

/** The worker's assignments on the project that cover a day, latest start first. */
export const coveringAssignments = (assignments: Assignment[], date: string): Assignment[] =>
  assignments
    .filter(({ startDate, endDate }) => (!startDate || startDate <= date) && (!endDate || date <= endDate))
    .sort((a, b) => compare(b.startDate ?? '', a.startDate ?? '') || compare(a.id, b.id));

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/**
 * Whether the worker may book on the project on that day and in that role. For a project without
 * any assignment the policy decides.
 */
export function assignmentFaults(
  line: CheckedLine,
  { projectStaffed }: Pick<LineFacts, 'projectStaffed'>,
  covering: Assignment[],
  { unstaffedProject }: Pick<BillingPolicy, 'unstaffedProject'>,
  project: string,
): Fault[] {
  const rest = { category: 'policy', desk: 'pmo', need: needs.assignment(line.projectId, line.email) } as const;
  if (covering.length === 0) {
    if (!projectStaffed && unstaffedProject === 'anybody') return [];
    const code = projectStaffed ? 'assignment.missing' : 'assignment.project-unstaffed';
    return [fault(code, line, { ...rest, field: 'projectId', params: { project } })];
  }
  if (line.role === undefined || covering.some(({ role }) => role === undefined || role === line.role)) return [];
  const assigned = [...new Set(covering.map(({ role }) => role!))].sort().join(', ');
  return [fault('assignment.other-role', line, { ...rest, field: 'role', params: { project, role: line.role, assigned } })];
}
