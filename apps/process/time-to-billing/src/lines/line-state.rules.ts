import type { LineState } from '#canonical';
import { isCost } from './billable-transaction.rules.js';
import type { Line, Posting } from './line.js';

const GONE = new Set<Posting['state']>(['removed', 'reversed', 'credited']);

/**
 * In the ERP, perhaps in it, or about to be: every posting of which something still has to be known
 * or done.
 */
export const alive = ({ state }: Posting): boolean => !GONE.has(state) && state !== 'refused';

/** Ready to be sent, or sent and not answered yet: each line has at most one such posting. */
export const onItsWay = ({ state }: Posting): boolean => state === 'ready' || state === 'claimed';

/**
 * While people are asked about a line, its overage waits for them first, and for headroom
 * afterwards.
 */
export const waitsForRoom = ({ overage, faults }: Line): boolean => overage !== null && faults === null;

/**
 * The state of a line, computed from its data: never stored by itself, so that it can't contradict
 * the rest.
 */
export function stateOf(line: Line): LineState {
  if (line.postings.some(posting => posting.version < line.version && alive(posting))) {
    return line.faults?.some(({ need }) => need.startsWith('credit:')) ? 'needs-credit' : 'correcting';
  }
  if (!line.approved) return 'withdrawn';
  if (line.assessment === 'skipped') return 'skipped';
  if (line.assessment === 'blocked') return 'blocked';
  if (line.assessment === 'none') return 'received';
  const current = line.postings.filter(({ version, reverses, state }) => version === line.version && reverses === null && !GONE.has(state));
  if (current.some(onItsWay)) return 'ready';
  const billed = current.filter(posting => !isCost(posting));
  if (billed.length === 0) return line.overage ? 'overage' : 'ready';
  if (billed.every(({ billing }) => billing === 'paid')) return 'paid';
  return billed.every(({ billing }) => billing !== 'unbilled') ? 'billed' : 'posted';
}
