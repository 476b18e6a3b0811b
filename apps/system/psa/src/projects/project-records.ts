import type { Milestone, Project, ProjectStatus, StaffingRequest, Task } from '#canonical';

/** A project without the records below it: one record of the PSA. */
export type ProjectHead = Omit<Project, 'tasks' | 'milestones'>;

/**
 * A task or milestone as one record of the PSA, with its project, and whether it is still wanted.
 */
export type TaskRecord = Task & { projectId: string; status: ProjectStatus };
export type MilestoneRecord = Milestone & { projectId: string; status: ProjectStatus };

/** A project as the records it is made of. */
export interface ProjectRecords {
  head: ProjectHead;
  tasks: TaskRecord[];
  milestones: MilestoneRecord[];
}

/** The seat on the project's team that a staffing request asks to fill: a role nobody fills yet. */
export type StaffingSeat = Pick<StaffingRequest, 'id' | 'projectId' | 'role'>;

export interface StaffingRecords {
  seat: StaffingSeat;
  request: StaffingRequest | null;
}

export function recordsOf({ tasks, milestones, ...head }: Project): ProjectRecords {
  const below = { projectId: head.id, status: 'active' as const };
  return { head, tasks: tasks.map(task => ({ ...task, ...below })), milestones: milestones.map(milestone => ({ ...milestone, ...below })) };
}

/** Makes a project of its records; archived records below it are left out. */
export function projectOf({ head, tasks, milestones }: ProjectRecords): Project {
  const live = <T extends { projectId: string; status: ProjectStatus }>(records: T[]) =>
    records.filter(({ status }) => status === 'active').map(({ projectId: _, status: __, ...record }) => record);
  return { ...head, tasks: live(tasks), milestones: live(milestones).sort((a, b) => a.sequence - b.sequence) };
}

export const seatOf = ({ id, projectId, role }: StaffingRequest): StaffingSeat => ({ id, projectId, role });
