import { externalIdOf, isCost } from './billable-transaction.rules.js';
import type { Line, Posting } from './line.js';
import { alive, onItsWay } from './line-state.rules.js';
import { type Desired, nextOperation, type NextOperation, type PartInForce } from './next-operation.rules.js';

/** The next step for a line; none while a step is in flight, so that each line has at most one. */
export function nextStep(line: Line): NextOperation {
  if (line.postings.some(onItsWay)) return { operation: 'nothing' };
  const refusedReversal = line.postings.some(({ reverses, state }) => reverses !== null && state === 'refused');
  return nextOperation(line.postings.filter(alive).map(partOf), desiredOf(line), { reversalsAllowed: !refusedReversal });
}

const partOf = ({ externalId, kind, amount, billing }: Posting): PartInForce => ({
  externalId,
  kind,
  amount,
  state: billing === 'unbilled' ? 'unbilled' : 'billed',
});

function desiredOf(line: Line): Desired {
  if (!line.approved) return { state: 'withdrawn' };
  const current = line.postings.filter(posting => posting.version === line.version && posting.reverses === null && alive(posting));
  // A line that is not to be billed: what an older version left is taken back, except on an invoice
  // that was decided to stay.
  if (line.assessment === 'skipped') return { state: 'priced', parts: current };
  // What was spent stays recorded while it is unknown how much of it is billed.
  if (line.assessment !== 'priced') return { state: 'blocked', parts: current.filter(isCost) };
  const { id: lineId, version, overage } = line;
  const cost = line.priced?.costApart ? [{ externalId: externalIdOf({ lineId, version, cost: true }) }] : [];
  const billed = current.filter(posting => !isCost(posting));
  if (billed.length > 0) return { state: 'priced', parts: [...cost, ...billed] };
  // Wholly over the cap: it waits for headroom, and is released as overage.
  return { state: 'priced', parts: overage ? cost : [...cost, { externalId: externalIdOf({ lineId, version }) }] };
}
