import { Controller, Param, Query } from '@nestjs/common';
import type { Page } from '#apis';
import { expenses, ExpensesQuery, type PsaAbility } from '#apis/psa';
import { CurrentPrincipal, type Principal } from '#auth';
import type { ExpenseEntry } from '#canonical';
import { Capture } from '#capture';
import { Needs } from '#connector';
import { Implements } from '#service';

@Needs<PsaAbility>('expenses')
@Controller({ version: '1' })
export class ExpensesController {
  constructor(private readonly capture: Capture) {}

  @Implements(expenses.listExpenses)
  list(
    @Query() { projectId, expenseReportId, approval, ...page }: ExpensesQuery,
    @CurrentPrincipal() viewer: Principal,
  ): Promise<Page<ExpenseEntry>> {
    return this.capture.shadow<ExpenseEntry>('expense').page(page, { where: { projectId, expenseReportId, approval }, viewer });
  }

  @Implements(expenses.getExpense)
  get(@Param('id') id: string, @CurrentPrincipal() viewer: Principal): Promise<ExpenseEntry> {
    return this.capture.shadow<ExpenseEntry>('expense').one(id, viewer);
  }
}
