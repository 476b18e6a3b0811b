import { sentence, type Sentence } from '../values/sentence.model.js';

/** What is known of a line without reading all of it. */
export interface LineHead {
  steps: number;
  /** Exceptions open on it, and things it waits for that aren't exceptions (yet). */
  open: number;
  waiting: number;
  /** Deals on the line, and how many of them ended undone. */
  affairs: number;
  undone: number;
  next: { subject: string; kind: string; params: Record<string, string> }[];
}

/** Where a line stands, in one sentence; what hinders comes before what moves. */
export function summaryOf(head: LineHead | { matches: number }): Sentence {
  if ('matches' in head) return sentence('summary.ambiguous', { matches: String(head.matches) });
  const params = { steps: String(head.steps), affairs: String(head.affairs) };
  if (head.open > 0) return sentence('summary.blocked', { ...params, exceptions: String(head.open) });
  if (head.waiting > 0) return sentence('summary.waiting', { ...params, waiting: String(head.waiting) });
  if (head.steps === 0) return sentence('summary.empty');
  if (head.next.length > 0) return sentence('summary.under-way', { ...params, underWay: String(head.next.length) });
  if (head.undone === head.affairs) return sentence('summary.undone', params);
  return sentence('summary.complete', params);
}
