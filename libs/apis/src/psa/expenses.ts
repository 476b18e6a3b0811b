import { OmitType } from '@nestjs/swagger';
import { APPROVALS, ExpenseEntry, Id, OneOf, Ref } from '#canonical';
import { get, operations } from '../operation.js';
import { PageQuery } from '../page.js';

/** An expense as the PSA last showed it. */
export class ExpenseResponse extends OmitType(ExpenseEntry, []) {}

export class ExpensesQuery extends PageQuery {
  @Ref('Project', { optional: true, description: 'Only on this project.' }) projectId?: string;
  @Id({ optional: true, description: 'Only of this expense report.' }) expenseReportId?: string;
  @OneOf(APPROVALS, { optional: true }) approval?: string;
}

export const expenses = operations('expenses', {
  listExpenses: get('expenses', {
    scope: 'psa.read',
    summary: 'Expenses as the PSA last showed them, in the order of ids',
    query: ExpensesQuery,
    pageOf: ExpenseResponse,
  }),
  getExpense: get('expenses/:id', { scope: 'psa.read', summary: 'An expense as the PSA last showed it', answer: ExpenseResponse }),
});
