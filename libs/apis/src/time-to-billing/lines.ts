import {
  BusinessDate,
  DESKS,
  ExternalRef,
  Id,
  Instant,
  LINE_STATES,
  Minutes,
  Money,
  Nested,
  OneOf,
  Ref,
  Text,
  Whole,
  type Desk,
  type LineState,
} from '#canonical';
import { get, operations } from '../operation.js';
import { PageQuery } from '../page.js';

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
  @Text({ list: true, optional: true, description: 'Fields that were left out because the caller lacks the right to them.' }) deniedFields?: string[];
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

export const lines = operations('lines', {
  linesList: get('lines', {
    scope: 'time-to-billing.read',
    summary: 'Approved lines of time and expenses with their state',
    query: LineQuery,
    pageOf: LineView,
  }),
  linesGet: get('lines/:id', {
    scope: 'time-to-billing.read',
    summary: 'One line: where it is, what it is worth and how that came about, what blocks it and whose that is',
    answer: LineView,
  }),
});
