import type { LineIntercompany, LineView, ReasonText } from '#apis/time-to-billing';
import { text } from '#apis';
import { sameMoney, type BillingLine, type Desk, type IntercompanyFacts } from '#canonical';

const said = ({ code, params }: { code: string; params: Record<string, string> }): ReasonText => ({ code, text: text({ code, params }) });

/** `seesCost`: whether the reader has the right to the cost of a worker's hour. */
export function viewOf(line: BillingLine, seesCost: boolean): LineView {
  const { intercompany, block, overage } = line;
  return {
    id: line.id,
    kind: line.kind,
    version: line.version,
    state: line.state,
    since: line.since,
    projectId: line.projectId,
    ...(line.timesheetId ? { timesheetId: line.timesheetId } : {}),
    ...(line.workerId ? { workerId: line.workerId } : {}),
    workerName: line.workerName,
    workDate: line.workDate,
    ...(line.minutes === null ? {} : { minutes: line.minutes }),
    ...(line.money ? { money: line.money } : {}),
    ...(overage ? { overage: { money: overage.money, ...(overage.minutes === null ? {} : { minutes: overage.minutes }) } } : {}),
    ...(line.postingDate ? { postingDate: line.postingDate } : {}),
    ...(line.invoice ? { invoice: line.invoice } : {}),
    explanation: line.explanation.map(said),
    ...(intercompany ? { intercompany: intercompanyView(intercompany, seesCost) } : {}),
    ...(block ? { block: { exceptionId: block.exceptionId, desk: block.desk as Desk, reasons: block.reasons.map(said) } } : {}),
    legalEntities: line.legalEntities,
    refs: line.refs,
    ...(line.approvedAt ? { approvedAt: line.approvedAt } : {}),
    ...(line.postedAt ? { postedAt: line.postedAt } : {}),
  };
}

/**
 * Without the right to a worker's cost, leave out everything that reveals it: the costs, and a sale
 * that is at cost because no worth is known.
 */
function intercompanyView(facts: IntercompanyFacts, seesCost: boolean): LineIntercompany {
  const { lendingCost, owningCost, lendingSale, ...known } = facts;
  const atCost = lendingCost !== null && lendingSale !== null && sameMoney(lendingSale, lendingCost);
  return {
    ...known,
    ...(lendingSale && (seesCost || !atCost) ? { lendingSale } : {}),
    deniedFields: seesCost ? [] : ['owningCost', 'lendingCost', ...(atCost ? ['lendingSale'] : [])],
    ...(seesCost ? { ...(owningCost ? { owningCost } : {}), ...(lendingCost ? { lendingCost } : {}) } : {}),
  };
}
