import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, Scopes, type Principal } from '#auth';
import type { ExpenseEntry } from '#canonical';
import { Capture } from '#capture';
import { Needs } from '#connector';
import { PageOf, type Page } from '#service';
import { ExpenseResponse, ExpensesQuery } from './expenses.model.js';
import type { PsaAbility } from '../vendors/psa-abilities.js';

@ApiTags('expenses')
@Needs<PsaAbility>('expenses')
@Scopes('psa.read')
@Controller({ path: 'expenses', version: '1' })
export class ExpensesController {
  constructor(private readonly capture: Capture) {}

  @Get()
  @ApiOperation({ operationId: 'listExpenses', summary: 'Expenses as the PSA last showed them, in the order of ids' })
  @PageOf(ExpenseResponse)
  list(
    @Query() { projectId, expenseReportId, approval, ...page }: ExpensesQuery,
    @CurrentPrincipal() viewer: Principal,
  ): Promise<Page<ExpenseEntry>> {
    return this.capture.shadow<ExpenseEntry>('expense').page(page, { where: { projectId, expenseReportId, approval }, viewer });
  }

  @Get(':id')
  @ApiOperation({ operationId: 'getExpense', summary: 'An expense as the PSA last showed it' })
  @ApiOkResponse({ type: ExpenseResponse })
  get(@Param('id') id: string, @CurrentPrincipal() viewer: Principal): Promise<ExpenseEntry> {
    return this.capture.shadow<ExpenseEntry>('expense').one(id, viewer);
  }
}
