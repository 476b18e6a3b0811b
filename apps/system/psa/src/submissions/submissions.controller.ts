import { Body, Controller, Inject } from '@nestjs/common';
import {
  type ExpenseReportSubmissionResponse,
  ExpenseReportSubmissionRequest,
  type PsaAbility,
  submissions,
  TimesheetSubmissionRequest,
  type TimesheetSubmissionResponse,
} from '#apis/psa';
import { CurrentPrincipal, type Principal } from '#auth';
import { Needs } from '#connector';
import { Implements } from '#service';
import { PSA } from '../psa.token.js';
import type { PsaVendor } from '../vendors/port/psa.port.js';
import { LineWrites } from './line-writes.js';

@Needs<PsaAbility>('submissions')
@Controller({ version: '1' })
export class SubmissionsController {
  constructor(
    @Inject(PSA) private readonly vendor: PsaVendor,
    private readonly lines: LineWrites,
  ) {}

  @Needs<PsaAbility>('timesheets')
  @Implements(submissions.submitTimesheet)
  async timesheet(
    @Body() { id, title, timeEntryIds }: TimesheetSubmissionRequest,
    @CurrentPrincipal() caller: Principal,
  ): Promise<TimesheetSubmissionResponse> {
    const writer = this.vendor.submissions!.timeEntries;
    const { submissionId: timesheetId, ...sent } = await this.lines.submit('time-entry', writer, { id, title, lineIds: timeEntryIds }, caller);
    return { id, timesheetId, ...sent };
  }

  @Needs<PsaAbility>('expenses')
  @Implements(submissions.submitExpenseReport)
  async expenseReport(
    @Body() { id, title, expenseIds }: ExpenseReportSubmissionRequest,
    @CurrentPrincipal() caller: Principal,
  ): Promise<ExpenseReportSubmissionResponse> {
    const writer = this.vendor.submissions!.expenses!;
    const { submissionId: expenseReportId, ...sent } = await this.lines.submit('expense', writer, { id, title, lineIds: expenseIds }, caller);
    return { id, expenseReportId, ...sent };
  }
}
