import { Body, Controller, Inject, Param, Query } from '@nestjs/common';
import type { Page } from '#apis';
import { type AppliedResponse, ExpenseRequest, expenses, ExpensesQuery, type PsaAbility } from '#apis/psa';
import { CurrentPrincipal, type Principal } from '#auth';
import type { ExpenseEntry } from '#canonical';
import { Capture } from '#capture';
import { Needs } from '#connector';
import { Implements } from '#service';
import { PSA } from '../psa.token.js';
import { expenseFaults } from '../submissions/line-request.rules.js';
import { LineWrites } from '../submissions/line-writes.js';
import type { PsaVendor } from '../vendors/port/psa.port.js';

@Needs<PsaAbility>('expenses')
@Controller({ version: '1' })
export class ExpensesController {
  constructor(
    @Inject(PSA) private readonly vendor: PsaVendor,
    private readonly capture: Capture,
    private readonly lines: LineWrites,
  ) {}

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

  @Needs<PsaAbility>('submissions')
  @Implements(expenses.putExpense)
  put(@Param('id') id: string, @Body() desired: ExpenseRequest, @CurrentPrincipal() caller: Principal): Promise<AppliedResponse> {
    return this.lines.put('expense', this.vendor.submissions!.expenses!, { desired, faults: expenseFaults(id, desired), caller });
  }

  @Needs<PsaAbility>('submissions')
  @Implements(expenses.withdrawExpense)
  withdraw(@Param('id') id: string, @CurrentPrincipal() caller: Principal): Promise<void> {
    return this.lines.withdraw('expense', this.vendor.submissions!.expenses!, id, caller);
  }
}
