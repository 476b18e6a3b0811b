import type { Fault } from '#apis';
import type { FinancialProject, Worker } from '#canonical';
import { deskOf } from '#work';
import { needs } from '../needs.js';
import { type Line, workDateOf } from '../lines/line.js';
import type { Assessment } from '../facts/line-facts.js';
import { alive } from '../lines/line-state.rules.js';

/**
 * The first and last day on which a project accepts work or a worker was employed, both included;
 * null where unbounded.
 */
export interface Days {
  from: string | null;
  to: string | null;
}

const NONE: Days = { from: null, to: '0001-01-01' };

/** A project or worker whose days changed. */
export interface MovedDays {
  what: 'project' | 'worker';
  id: string;
  before: Days;
  after: Days;
}

/**
 * What is known of a project's end: the ERP's date, and the days on which the ERP and the PSA
 * published it.
 */
export interface ProjectEnds {
  financial: Partial<FinancialProject> | null;
  endedOn: string | null;
  deliveryEndedOn: string | null;
}

/** No days where the ERP has the project no more, or closed it on an unknown day. */
export function daysOfProject({ financial, endedOn, deliveryEndedOn }: ProjectEnds): Days {
  if (!financial) return NONE;
  const { startDate: from = null, endDate = null, status } = financial;
  if (status !== 'active' && endedOn === null) return NONE;
  const ends = [endDate, status === 'active' ? null : endedOn, deliveryEndedOn].filter(end => end !== null);
  return { from, to: ends.sort()[0] ?? null };
}

type Employment = Partial<Pick<Worker, 'hiredOn' | 'terminatedOn'>>;

export const daysOfWorker = (worker: Employment | null): Days => (worker ? { from: worker.hiredOn ?? null, to: worker.terminatedOn ?? null } : NONE);

/** For a worker whose record was deleted, nothing is known of later days. */
export const goneOn = (worker: Employment, day: string): Days => {
  const { from, to } = daysOfWorker(worker);
  return { from, to: to !== null && to < day ? to : day };
};

const isWithin = ({ from, to }: Days, day: string): boolean => (from === null || from <= day) && (to === null || day <= to);

/** Whether the line's day was inside and is outside now, or the other way round. */
export function isMoved({ what, id, before, after }: MovedDays, line: Line): boolean {
  if (id !== (what === 'project' ? line.entry.projectId : line.workerId)) return false;
  return isWithin(before, workDateOf(line)) !== isWithin(after, workDateOf(line));
}

const OUTSIDE = new Set([
  'contract.not-active',
  'project.ended-in-psa',
  'project.not-active',
  'project.not-in-erp',
  'worker.not-started',
  'worker.terminated',
  'worker.unknown',
]);

/** The faults that say the line's day is outside the days of its project or worker. */
export const outsideOf = (now: Assessment): Fault[] => ('faults' in now ? now.faults.filter(({ reason }) => OUTSIDE.has(reason.code)) : []);

/** Whether the ERP has a posting of the line, or may have one. */
export const isSent = ({ postings }: Line): boolean =>
  postings.some(posting => alive(posting) && !(posting.state === 'ready' && posting.operation === 'post'));

/** Whether a person has been asked about the line's day. */
export const isAskedOfDay = ({ exceptionId, faults }: Line): boolean =>
  exceptionId !== null && faults?.some(({ need }) => needs.outside.is(need)) === true;

/**
 * The same people decide about the line as if it came now. Retry assesses it as if it came now;
 * skip leaves it as it is.
 */
export function outsideFaults(line: Line, correction: string, outside: Fault[]): Fault[] {
  const { amount: was, currency } = line.priced!.transaction.amount;
  const params = { person: line.entry.person.name ?? line.entry.person.email, date: workDateOf(line), was, currency };
  const rest = { category: 'policy', desk: deskOf(outside), need: needs.outside(correction) } as const;
  return [{ reason: { code: 'price.after-end', params }, ...rest }, ...outside.map(({ reason }) => ({ reason, ...rest }))];
}
