import { checkRecord, mintId, shortened, type TimeEntry } from '#canonical';
import { projectIdOf, taskIdOf } from '../projects/projects.mapper.js';
import { HOURS, type MadeUpHours } from './time.wire.js';

const NOTE_LENGTH = 1_000;
const BESIDE = { 'project.id': 'id', 'project.key': 'text?', 'person.email': 'text' } as const;

export const timeEntryId = (nativeId: string, account: string): string => mintId('time-entry', 'made-up', account, nativeId);

/** What is booked counts: it is approved when it is booked, and when it is changed. */
export function timeEntryOf(hours: MadeUpHours, account: string): TimeEntry {
  const { project, task, person, note } = hours;
  checkRecord('made-up', hours, HOURS);
  checkRecord('made-up', { 'project.id': project?.id, 'project.key': project?.key, 'person.email': person?.email }, BESIDE);
  return {
    id: timeEntryId(hours.id, account),
    projectId: projectIdOf(project, account),
    ...(task ? { taskId: taskIdOf(task, account) } : {}),
    person: { email: person.email.toLowerCase(), name: person.name },
    workDate: hours.day,
    workedMinutes: hours.minutes,
    ...(task?.role ? { role: task.role } : {}),
    billable: hours.billable,
    overtime: false,
    ...(note ? { note: shortened(note, NOTE_LENGTH) } : {}),
    approval: 'approved',
    approvedAt: new Date(hours.updated).toISOString(),
    refs: [{ system: 'made-up', account, type: 'hours', nativeId: hours.id }],
  };
}
