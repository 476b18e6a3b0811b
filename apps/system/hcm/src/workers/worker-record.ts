import type { ExternalRef, Leave, Money, Worker, WorkerStatus } from '#canonical';

/**
 * What holds for a worker from one day until the day before the next version. Employment dates are
 * those known in this version.
 */
export interface WorkerVersion extends Pick<
  Worker,
  | 'name'
  | 'workEmail'
  | 'hiredOn'
  | 'terminatedOn'
  | 'role'
  | 'skills'
  | 'managerId'
  | 'location'
  | 'country'
  | 'region'
  | 'fullTimeShare'
  | 'legalEntity'
  | 'costCentre'
  | 'agency'
  | 'extensions'
> {
  from: string;
}

/** The cost of a worker's hour from one day on. */
export interface DatedCostRate {
  from: string;
  rate: Money;
}

/**
 * A worker over time as the HCM knows it: the past as far back as the history is read, and
 * everything entered for the future.
 */
export interface WorkerHistory {
  id: string;
  employeeNumber: string;
  refs: ExternalRef[];
  /** In order; the first holds for all days before it too. At least one. */
  versions: WorkerVersion[];
  leave: Leave[];
  /** In order. */
  costRates: DatedCostRate[];
}

/**
 * A history with what was in force on the day it was read, so that a change that was entered long
 * ago becomes visible when its day comes.
 */
export interface WorkerRecord extends WorkerHistory {
  inForce: { from: string; status: WorkerStatus };
}
