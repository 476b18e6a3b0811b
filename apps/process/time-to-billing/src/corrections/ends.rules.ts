import type { Fault } from '#apis';
import type { FinancialProject, Worker } from '#canonical';
import { deskOf } from '#work';
import { needs } from '../needs.js';
import { type Line, workDateOf } from '../lines/line.js';
import type { Assessment } from '../facts/line-facts.js';
import { alive } from '../lines/line-state.rules.js';

/** The days that a project takes work of, or that somebody was employed on, both included; null where nothing bounds them. */
export interface Days {
  from: string | null;
  to: string | null;
}

const NONE: Days = { from: null, to: '0001-01-01' };

/** A project or worker whose days are not what they were. */
export interface MovedDays {
  what: 'project' | 'worker';
  id: string;
  before: Days;
  after: Days;
}

/** What is known of a project's end: as the ERP has it, and the days on which the ERP and the PSA told it. */
export interface ProjectEnds {
  financial: Partial<FinancialProject> | null;
  endedOn: string | null;
  deliveryEndedOn: string | null;
}

/** None where the ERP does not have it any more, or closed it nobody knows when. */
export function daysOfProject({ financial, endedOn, deliveryEndedOn }: ProjectEnds): Days {
  if (!financial) return NONE;
  const { startDate: from = null, endDate = null, status } = financial;
  if (status !== 'active' && endedOn === null) return NONE;
  const ends = [endDate, status === 'active' ? null : endedOn, deliveryEndedOn].filter(end => end !== null);
  return { from, to: ends.sort()[0] ?? null };
}

type Employment = Partial<Pick<Worker, 'hiredOn' | 'terminatedOn'>>;

export const daysOfWorker = (worker: Employment | null): Days => (worker ? { from: worker.hiredOn ?? null, to: worker.terminatedOn ?? null } : NONE);

/** A worker whose record is gone: nothing is known of later days. */
export const goneOn = (worker: Employment, day: string): Days => {
  const { from, to } = daysOfWorker(worker);
  return { from, to: to !== null && to < day ? to : day };
};

const isWithin = ({ from, to }: Days, day: string): boolean => (from === null || from <= day) && (to === null || day <= to);

/** Whether the line's day was one of them and is none any more, or the other way round. */
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

/** What says that the line's day is outside of what its project or worker has. */
export const outsideOf = (now: Assessment): Fault[] => ('faults' in now ? now.faults.filter(({ reason }) => OUTSIDE.has(reason.code)) : []);

/** Whether the ERP has anything of it, or may have. */
export const isSent = ({ postings }: Line): boolean =>
  postings.some(posting => alive(posting) && !(posting.state === 'ready' && posting.operation === 'post'));

/** Whether somebody is asked about its day. */
export const isAskedOfDay = ({ exceptionId, faults }: Line): boolean =>
  exceptionId !== null && faults?.some(({ need }) => needs.outside.is(need)) === true;

/** Whoever would decide if the line came now decides about it: retry has it judged as if it did, skip leaves it as it is. */
export function outsideFaults(line: Line, correction: string, outside: Fault[]): Fault[] {
  const { amount: was, currency } = line.priced!.transaction.amount;
  const params = { person: line.entry.person.name ?? line.entry.person.email, date: workDateOf(line), was, currency };
  const rest = { category: 'policy', desk: deskOf(outside), need: needs.outside(correction) } as const;
  return [{ reason: { code: 'price.after-end', params }, ...rest }, ...outside.map(({ reason }) => ({ reason, ...rest }))];
}
