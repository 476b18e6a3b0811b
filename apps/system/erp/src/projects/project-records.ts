import type { BillingMethod, BillingSchedule, FinancialDimensions, FinancialProject, Money, ProjectStatus, Task } from '#canonical';

export type BillingType = BillingSchedule['type'];

/**
 * A financial project as the ERP's separate records: the project, its billing schedule, its tasks.
 * One effect writes one of them. Attributes that the ERP lacks are absent.
 */
export interface ProjectRecord {
  id: string;
  title: string;
  status: ProjectStatus;
  timeAllowed: boolean;
  expensesAllowed: boolean;
  dimensions: Partial<FinancialDimensions>;
  dealId?: string;
  customerId?: string;
  billingMethod?: BillingMethod;
  /** How the project itself says it is billed; the schedule says it too. */
  billingType?: BillingType;
  /** External id of the schedule attached to the project. */
  billingSchedule?: string;
  currency?: string;
  price?: Money;
  notToExceed?: Money;
  startDate?: string;
  endDate?: string;
}

export interface ScheduleRecord extends Partial<Omit<BillingSchedule, 'milestones'>> {
  id: string;
  milestones: BillingSchedule['milestones'];
}

export type TaskRecord = Task & { projectId: string };

export interface ProjectRecords {
  project: ProjectRecord;
  schedule: ScheduleRecord;
  tasks: TaskRecord[];
}

/**
 * The existing records. A schedule may exist before its project, and a project without its
 * schedule.
 */
export interface CurrentRecords {
  project: ProjectRecord | null;
  schedule: ScheduleRecord | null;
  tasks: TaskRecord[];
}

/** The external id of a project's billing schedule. */
export const scheduleIdOf = (projectId: string): string => `${projectId}-bs`;

export function recordsOf({ billingSchedule, tasks, ...head }: FinancialProject): ProjectRecords {
  const id = scheduleIdOf(head.id);
  return {
    project: { ...head, billingType: billingSchedule.type, billingSchedule: id },
    schedule: { id, ...billingSchedule, milestones: billingSchedule.milestones.toSorted((a, b) => a.sequence - b.sequence) },
    tasks: tasks.map(task => ({ ...task, projectId: head.id })),
  };
}
