import { OmitType } from '@nestjs/swagger';
import { ExpenseEntry, Flag, Money, Nested, Text, TimeEntry, Whole } from '#canonical';
import { FaultView } from '../fault-view.js';
import { operations, post } from '../operation.js';
import { ReasonText } from './lines.js';

/** Time while it is entered: nothing of it is approved yet. */
export class TimeToCheck extends OmitType(TimeEntry, ['approval', 'approvedAt', 'timesheetId', 'refs'] as const) {}

export class ExpenseToCheck extends OmitType(ExpenseEntry, ['approval', 'approvedAt', 'expenseReportId', 'refs'] as const) {}

export class CheckBody {
  @Nested(() => TimeToCheck, { list: true, optional: true }) time?: TimeToCheck[];
  @Nested(() => ExpenseToCheck, { list: true, optional: true }) expenses?: ExpenseToCheck[];
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

export const checks = operations('checks', {
  checksCheck: post('checks', {
    scope: 'time-to-billing.check',
    summary: 'Whether time or expenses could be billed as they are, with all faults and the price',
    body: CheckBody,
    answer: CheckView,
    writesNothing: true,
  }),
});
