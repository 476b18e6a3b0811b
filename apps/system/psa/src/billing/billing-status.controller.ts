import { Body, Controller, Inject, Param } from '@nestjs/common';
import { billingStatus, BillingStatusRequest, type BillingStatusResponse, type PsaAbility } from '#apis/psa';
import { CurrentPrincipal, type Principal } from '#auth';
import { Problem, type ExpenseEntry, type ExternalRef, type TimeEntry } from '#canonical';
import { Capture, type ShadowReader } from '#capture';
import { Needs } from '#connector';
import { withFullView } from '#persistence';
import { Implements } from '#service';
import { PSA } from '../psa.token.js';
import type { PsaVendor } from '../vendors/port/psa.port.js';

/**
 * Writes the lines' billing status to the timesheet or expense report they came from, with one
 * write each.
 */
@Needs<PsaAbility>('billing-back')
@Controller({ version: '1' })
export class BillingStatusController {
  constructor(
    @Inject(PSA) private readonly vendor: PsaVendor,
    private readonly capture: Capture,
  ) {}

  @Needs<PsaAbility>('timesheets')
  @Implements(billingStatus.putTimesheetBillingStatus)
  async timesheet(
    @Param('id') id: string,
    @Body() status: BillingStatusRequest,
    @CurrentPrincipal() viewer: Principal,
  ): Promise<BillingStatusResponse> {
    const ref = await this.#submission(this.capture.shadow<TimeEntry>('time-entry'), { timesheetId: id }, viewer, `timesheet ${id}`);
    await this.vendor.billing!.timesheetStatus(ref, id, status);
    return { id, ...status };
  }

  @Needs<PsaAbility>('expenses')
  @Implements(billingStatus.putExpenseReportBillingStatus)
  async expenseReport(
    @Param('id') id: string,
    @Body() status: BillingStatusRequest,
    @CurrentPrincipal() viewer: Principal,
  ): Promise<BillingStatusResponse> {
    const ref = await this.#submission(this.capture.shadow<ExpenseEntry>('expense'), { expenseReportId: id }, viewer, `expense report ${id}`);
    await this.vendor.billing!.expenseReportStatus(ref, id, status);
    return { id, ...status };
  }

  /**
   * Where the submission is in the PSA, as its lines last stated: the ref after the line's own. The
   * status covers all its lines, so the caller must be allowed to see all of them.
   */
  async #submission<T extends TimeEntry | ExpenseEntry>(
    shadow: ShadowReader<T>,
    where: Record<string, string>,
    viewer: Principal,
    what: string,
  ): Promise<ExternalRef> {
    const { items } = await shadow.list({ where, viewer, limit: 1 });
    const ref = items[0]?.refs[1];
    if (!ref) throw new Problem('not-found', `There is no ${what} with lines.`);
    const all = await withFullView('whether all lines are the caller’s to see', () => shadow.count({ where }));
    if ((await shadow.count({ where, viewer })) < all)
      throw new Problem('forbidden', `Lines of ${what} are of legal entities that you cannot access.`, { code: 'not-your-entities' });
    return ref;
  }
}
