import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags, OmitType } from '@nestjs/swagger';
import { CurrentPrincipal, Scopes, type Principal } from '#auth';
import { DESKS, ExpenseEntry, Flag, Money, Nested, OneOf, Problem, text, Text, TimeEntry, Whole, type Desk, type Fault } from '#canonical';
import { WritesNothing } from '#service';
import { Assessor } from '../assessment/assessor.js';
import type { Assessment } from '../lines/line-facts.js';
import { ReasonText } from '../lines/line.model.js';

/** Time as it is being entered: nothing of it is approved yet. */
export class TimeToCheck extends OmitType(TimeEntry, ['approval', 'approvedAt', 'timesheetId', 'refs'] as const) {}
export class ExpenseToCheck extends OmitType(ExpenseEntry, ['approval', 'approvedAt', 'expenseReportId', 'refs'] as const) {}

export class CheckBody {
  @Nested(() => TimeToCheck, { list: true, optional: true }) time?: TimeToCheck[];
  @Nested(() => ExpenseToCheck, { list: true, optional: true }) expenses?: ExpenseToCheck[];
}

export class FaultView {
  @Text({ max: 80 }) code: string;
  @Text({ max: 1000, description: 'The fault as a sentence.' }) text: string;
  @Text({ optional: true }) field?: string;
  @OneOf(DESKS, { description: 'Who can mend it.' }) desk: Desk;
  @Text({ max: 300, description: 'What has to arrive.' }) need: string;
}

export class CheckedLine {
  @Text({ max: 80 }) id: string;
  @Flag({ description: 'True when it could be billed as it is.' }) ready: boolean;
  @Nested(() => Money, { optional: true, description: 'What it would be billed at, without tax; an estimate when it is not ready.' }) money?: Money;
  @Nested(() => FaultView, { list: true }) faults: FaultView[];
  @Nested(() => ReasonText, { list: true, description: 'How the price came about.' }) explanation: ReasonText[];
}

export class CheckView {
  @Whole({ min: 0 }) ready: number;
  @Nested(() => CheckedLine, { list: true }) lines: CheckedLine[];
}

const MOST = 500;

@ApiTags('checks')
@Controller({ path: 'checks', version: '1' })
export class ChecksController {
  constructor(private readonly assessor: Assessor) {}

  /** Whether time or expenses could be billed as they are, by the rules that hold once they are approved: all faults of each at once. */
  @Post()
  @ApiOperation({ summary: 'Whether time or expenses could be billed as they are, with all faults and the price' })
  @HttpCode(200)
  @Scopes('time-to-billing.check')
  @WritesNothing()
  @ApiOkResponse({ type: CheckView })
  async check(@Body() { time = [], expenses = [] }: CheckBody, @CurrentPrincipal() principal: Principal): Promise<CheckView> {
    if (time.length + expenses.length > MOST)
      throw new Problem('invalid', `No more than ${MOST} lines at once.`, {
        fields: [{ field: 'time', rule: 'maxItems', message: `time and expenses may have ${MOST} lines together` }],
      });
    const entries = [
      ...time.map(entry => ({ id: entry.id, kind: 'time' as const, entry: { ...entry, approval: 'none', refs: [] } as TimeEntry, counted: false })),
      ...expenses.map(entry => ({
        id: entry.id,
        kind: 'expense' as const,
        entry: { ...entry, approval: 'none', refs: [] } as ExpenseEntry,
        counted: false,
      })),
    ];
    const assessments = await this.assessor.assess(entries, { viewer: principal });
    const lines = entries.map(({ id }) => checked(id, assessments.get(id)!));
    return { ready: lines.filter(({ ready }) => ready).length, lines };
  }
}

function checked(id: string, assessment: Assessment): CheckedLine {
  if ('priced' in assessment) {
    const { transaction, explanation } = assessment.priced;
    const said = explanation.map(({ code, params }) => ({ code, text: text({ code, params }) }));
    return { id, ready: true, money: transaction.amount, faults: [], explanation: said };
  }
  const { faults, estimate } = assessment;
  return { id, ready: false, ...(estimate ? { money: estimate } : {}), faults: faults.map(faultView), explanation: [] };
}

const faultView = ({ reason, desk, need }: Fault): FaultView => ({
  code: reason.code,
  text: text(reason),
  ...(reason.field ? { field: reason.field } : {}),
  desk,
  need,
});
