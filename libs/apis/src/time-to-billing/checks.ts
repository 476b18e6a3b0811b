import { IntersectionType, OmitType } from '@nestjs/swagger';
import { BusinessDate, ExpenseEntry, Flag, Items, Money, Nested, PersonInPsa, Text, TimeEntry, Whole } from '#canonical';
import { FaultView } from '../fault-view.js';
import { ItemProblem } from '../item-problem.js';
import { operations, post } from '../operation.js';
import { ReasonText } from './lines.js';

/** Time of somebody's day, while it is entered: nothing of it is approved yet. */
export class TimeOfDay extends OmitType(TimeEntry, ['person', 'workDate', 'approval', 'approvedAt', 'timesheetId', 'refs'] as const) {}

/** The tax in what was spent. */
export class TaxInExpense {
  @Nested(() => Money, { description: 'In the currency of what was spent, which it is part of.' }) amount: Money;
  @Flag({ optional: true, description: 'Whether the firm gets it back from its tax office; absent: nobody knows.' }) recoverable?: boolean;
}

class WithTax {
  @Nested(() => TaxInExpense, { optional: true, description: 'Absent: nobody knows what tax is in it.' }) tax?: TaxInExpense;
}

/** What somebody spent on a day, while it is entered. */
export class ExpenseOfDay extends IntersectionType(
  OmitType(ExpenseEntry, ['person', 'expenseDate', 'tax', 'approval', 'approvedAt', 'expenseReportId', 'refs'] as const),
  WithTax,
) {}

/** How many entries of time and expenses are checked at once. */
export const MOST_TO_CHECK = 500;

export class DayToCheck {
  @Nested(() => PersonInPsa) person: PersonInPsa;
  @BusinessDate() date: string;
  @Items(() => TimeOfDay, { optional: true }) time?: TimeOfDay[];
  @Items(() => ExpenseOfDay, { optional: true }) expenses?: ExpenseOfDay[];
}

export class DaysToCheck {
  @Items(() => DayToCheck, {
    most: MOST_TO_CHECK,
    description: `What people enter for a day each; ${MOST_TO_CHECK} entries of time and expenses together. A person may have several of a day.`,
  })
  days: DayToCheck[];
}

export class CheckedEntry {
  @Text({ max: 80, description: 'As it was asked for; empty where it had none that could be one.' }) id: string;
  @Flag({ description: 'True when it could be billed as it is.' }) ready: boolean;
  @Nested(() => Money, { optional: true, description: 'What it would be billed at, without tax; an estimate when it is not ready.' }) money?: Money;
  @Nested(() => FaultView, { list: true }) faults: FaultView[];
  @Nested(() => ReasonText, { list: true, description: 'How the price came about.' }) explanation: ReasonText[];
  @Nested(() => ItemProblem, { optional: true, description: 'Why it could not be checked at all; nothing else is said of it then.' })
  problem?: ItemProblem;
}

export class CheckedDay {
  @Nested(() => CheckedEntry, { list: true, description: 'In the order of the request.' }) time: CheckedEntry[];
  @Nested(() => CheckedEntry, { list: true, description: 'In the order of the request.' }) expenses: CheckedEntry[];
  @Nested(() => ItemProblem, { optional: true, description: 'What is wrong with the day itself; its entries have it too.' }) problem?: ItemProblem;
}

export class CheckedDays {
  @Whole({ min: 0 }) ready: number;
  @Nested(() => CheckedDay, { list: true, description: 'In the order of the request.' }) days: CheckedDay[];
}

export const checks = operations('checks', {
  checksCheck: post('checks', {
    scope: 'time-to-billing.check',
    summary: 'Whether time or expenses could be billed as they are, with all faults and the price',
    body: DaysToCheck,
    answer: CheckedDays,
    writesNothing: true,
    itemwise: true,
  }),
});
