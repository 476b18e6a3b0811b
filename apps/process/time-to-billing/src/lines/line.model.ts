import {
  Id,
  Instant,
  BusinessDate,
  LINE_STATES,
  Minutes,
  Money,
  Nested,
  OneOf,
  Ref,
  Text,
  Whole,
  ExternalRef,
  DESKS,
  type BillingLine,
  type IntercompanyFacts,
  sameMoney,
  text,
  type Desk,
  type LineState,
} from '#canonical';
import { PageQuery } from '#service';

/** A line as this API tells it. */
export class ReasonText {
  @Text({ max: 80 }) code: string;
  @Text({ max: 1000 }) text: string;
}

export class LineBlock {
  @Id() exceptionId: string;
  @OneOf(DESKS, { description: 'Whose it is.' }) desk: Desk;
  @Nested(() => ReasonText, { list: true }) reasons: ReasonText[];
}

export class LineOverage {
  @Minutes({ optional: true }) minutes?: number;
  @Nested(() => Money) money: Money;
}

export class InvoiceOfLine {
  @Id() id: string;
  @Text({ max: 80 }) number: string;
}

export class LineIntercompany {
  @Text({ max: 40 }) owningEntity: string;
  @Text({ max: 40 }) lendingEntity: string;
  @Nested(() => Money, { optional: true, sensitive: 'worker.cost-rate', description: 'What the owning entity pays the lending one.' })
  owningCost?: Money;
  @Nested(() => Money) owningUnbilledSale: Money;
  @Nested(() => Money, { optional: true, sensitive: 'worker.cost-rate' }) lendingCost?: Money;
  @Nested(() => Money, { optional: true, description: 'Left out like the costs where it is one.' }) lendingSale?: Money;
}

export class LineView {
  @Id() id: string;
  @OneOf(['time', 'expense']) kind: 'time' | 'expense';
  @Whole({ min: 1 }) version: number;
  @OneOf(LINE_STATES) state: LineState;
  @Instant() since: string;
  @Ref('Project') projectId: string;
  @Id({ optional: true, description: 'The timesheet or expense report.' }) timesheetId?: string;
  @Ref('Worker', { optional: true }) workerId?: string;
  @Text() workerName: string;
  @BusinessDate() workDate: string;
  @Minutes({ optional: true }) minutes?: number;
  @Nested(() => Money, {
    optional: true,
    description: 'What it is billed at, without tax and without what is over the cap; an estimate until it is priced.',
  })
  money?: Money;
  @Nested(() => LineOverage, { optional: true }) overage?: LineOverage;
  @BusinessDate({ optional: true }) postingDate?: string;
  @Nested(() => InvoiceOfLine, { optional: true }) invoice?: InvoiceOfLine;
  @Nested(() => ReasonText, { list: true, description: 'How the price came about, in order.' }) explanation: ReasonText[];
  @Nested(() => LineIntercompany, { optional: true }) intercompany?: LineIntercompany;
  @Nested(() => LineBlock, { optional: true }) block?: LineBlock;
  @Text({ list: true, max: 40 }) legalEntities: string[];
  @Nested(() => ExternalRef, { list: true }) refs: ExternalRef[];
  @Instant({ optional: true }) approvedAt?: string;
  @Instant({ optional: true }) postedAt?: string;
}

export class LineQuery extends PageQuery {
  @OneOf(LINE_STATES, { optional: true }) state?: LineState;
  @Ref('Project', { optional: true }) projectId?: string;
  @Id({ optional: true }) timesheetId?: string;
}

const said = ({ code, params }: { code: string; params: Record<string, string> }): ReasonText => ({ code, text: text({ code, params }) });

/** `seesCost`: whether the reader has the right to what an hour of a worker costs. */
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

/** What tells what an hour of a worker costs is left out for who has no right to that: the costs, and a sale that is at cost for want of a worth. */
function intercompanyView(facts: IntercompanyFacts, seesCost: boolean): LineIntercompany {
  const { lendingCost, owningCost, lendingSale, ...known } = facts;
  const atCost = lendingCost !== null && lendingSale !== null && sameMoney(lendingSale, lendingCost);
  return {
    ...known,
    ...(lendingSale && (seesCost || !atCost) ? { lendingSale } : {}),
    ...(seesCost ? { ...(owningCost ? { owningCost } : {}), ...(lendingCost ? { lendingCost } : {}) } : {}),
  };
}
