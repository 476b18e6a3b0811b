import { OmitType } from '@nestjs/swagger';
import { APPROVALS, ExpenseEntry, Id, OneOf, Ref } from '#canonical';
import { PageQuery } from '#service';

/** An expense as the PSA last showed it. */
export class ExpenseResponse extends OmitType(ExpenseEntry, []) {}

export class ExpensesQuery extends PageQuery {
  @Ref('Project', { optional: true, description: 'Only on this project.' }) projectId?: string;
  @Id({ optional: true, description: 'Only of this expense report.' }) expenseReportId?: string;
  @OneOf(APPROVALS, { optional: true }) approval?: string;
}
