import { OmitType, PickType } from '@nestjs/swagger';
import { APPROVALS, Email, ExpenseEntry, Id, OneOf, Ref } from '#canonical';
import { del, get, operations, put } from '../operation.js';
import { PageQuery } from '../page.js';
import { AppliedResponse } from '../planned.js';

/** An expense as the PSA last showed it. */
export class ExpenseResponse extends OmitType(ExpenseEntry, []) {}

export class ExpensesQuery extends PageQuery {
  @Ref('Project', { optional: true, description: 'Only on this project.' }) projectId?: string;
  @Id({ optional: true, description: 'Only of this expense report.' }) expenseReportId?: string;
  @OneOf(APPROVALS, { optional: true }) approval?: string;
}

/** An expense as it is to be, of the person who spent it. */
export class ExpenseRequest extends PickType(ExpenseEntry, [
  'id',
  'projectId',
  'taskId',
  'expenseDate',
  'category',
  'amount',
  'billable',
  'reimbursable',
  'note',
]) {
  @Email({ description: 'Work e-mail of the person, who has to be on the project.' }) personEmail: string;
}

export const expenses = operations('expenses', {
  listExpenses: get('expenses', {
    scope: 'psa.read',
    summary: 'Expenses as the PSA last showed them, in the order of ids',
    query: ExpensesQuery,
    pageOf: ExpenseResponse,
  }),
  getExpense: get('expenses/:id', { scope: 'psa.read', summary: 'An expense as the PSA last showed it', answer: ExpenseResponse }),
  putExpense: put('expenses/:id', {
    scope: 'psa.write',
    summary: 'Book an expense of a person, or correct it; repeating it changes nothing',
    description: 'Refused once it is approved or invoiced. The PSA shows it under this id.',
    body: ExpenseRequest,
    answer: AppliedResponse,
  }),
  withdrawExpense: del('expenses/:id', {
    scope: 'psa.write',
    summary: 'Take back an expense that was put; refused once it is approved or invoiced',
  }),
});
