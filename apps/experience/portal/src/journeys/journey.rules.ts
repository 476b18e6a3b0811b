import { sentence, type Sentence } from '../values/sentence.model.js';

/** The newest step of one business transaction on a journey. */
export interface LastStep {
  kind: string;
  system: string;
  /** The step of the flow that waited, failed or was skipped, if it is about one. */
  step: string | null;
}

/** What can be known of a journey without reading all of it. */
export interface LineHead {
  steps: number;
  /** The number of its open exceptions. */
  open: number;
  /** The needs of things that wait without being exceptions (yet). */
  waitingFor: string[];
  /** One per business transaction (deal) on the journey. */
  last: LastStep[];
  next: { subject: string; kind: string; params: Record<string, string> }[];
}

const COMPLETE: ReadonlySet<string> = new Set(['journey.project-active', 'journey.project-as-it-was']);
const UNDONE: ReadonlySet<string> = new Set(['journey.project-undone', 'journey.project-undone-not-kept', 'journey.no-project']);
const WAITING: ReadonlySet<string> = new Set(['journey.waiting', 'journey.waiting-for-settling']);
const STOPPED: ReadonlySet<string> = new Set(['journey.exception', 'journey.exception-skipped']);

/**
 * Where a journey stands, in one sentence; blockers come before progress. Only a run that reported
 * its end is complete or undone: that no exception is open does not show whether the work was done.
 */
export function summaryOf(head: LineHead | { matches: number }): Sentence {
  if ('matches' in head) return sentence('summary.ambiguous', { matches: String(head.matches) });
  const { open, waitingFor, last } = head;
  const params = { steps: String(head.steps), affairs: String(last.length) };
  if (open > 0) return sentence('summary.blocked', { ...params, exceptions: String(open) });
  const awaited = [...new Set([...waitingFor, ...last.filter(({ kind }) => WAITING.has(kind)).map(({ system }) => system)])];
  if (awaited.length > 0) return sentence('summary.waiting', { ...params, for: awaited.join(', ') });
  if (head.steps === 0) return sentence('summary.empty');
  const underWay = last.filter(({ kind }) => !COMPLETE.has(kind) && !UNDONE.has(kind) && !STOPPED.has(kind));
  if (underWay.length > 0) return sentence('summary.under-way', { ...params, underWay: String(underWay.length) });
  const stopped = last.find(({ kind }) => STOPPED.has(kind));
  if (stopped) return sentence('summary.stopped', { ...params, step: stopped.step ?? stopped.kind });
  return sentence(last.every(({ kind }) => UNDONE.has(kind)) ? 'summary.undone' : 'summary.complete', params);
}
