import { Body, Controller, Inject, Param } from '@nestjs/common';
import { InvoiceRequest, invoices, type InvoiceResponse, type PsaAbility } from '#apis/psa';
import { CurrentPrincipal, type Principal } from '#auth';
import { Problem, type Changed, type ExpenseEntry, type ExternalRef, type FieldFault, type ProjectInPsa, type TimeEntry } from '#canonical';
import { Capture } from '#capture';
import { Needs } from '#connector';
import { EventLog } from '#events';
import { Database, inTransaction } from '#persistence';
import { Implements } from '#service';
import { PSA } from '../psa.token.js';
import type { LinesOf } from '../vendors/port/billing.port.js';
import type { PsaVendor } from '../vendors/port/psa.port.js';

/** How many unknown lines are named. */
const NAMED = 20;

@Needs<PsaAbility>('billing-back')
@Controller({ version: '1' })
export class InvoicesController {
  constructor(
    @Inject(PSA) private readonly vendor: PsaVendor,
    private readonly capture: Capture,
    private readonly dataSource: Database,
    private readonly events: EventLog,
  ) {}

  @Implements(invoices.putInvoice)
  async put(@Param('id') id: string, @Body() invoice: InvoiceRequest, @CurrentPrincipal() viewer: Principal): Promise<InvoiceResponse> {
    const faults = invoiceFaults(id, invoice);
    if (faults.length > 0) throw new Problem('invalid', faults.map(({ message }) => message).join('; '), { code: 'validation', fields: faults });
    const { refs } = await this.vendor.billing!.invoice({ ...invoice, lines: await this.#lines(invoice, viewer) });
    return { id, status: invoice.status, refs };
  }

  /**
   * Where the lines and their projects are in the PSA. A line that does not exist, or that the
   * caller may not see, is refused by name. Lines that were deleted with their project are skipped;
   * throws `not-found` when there are no others.
   */
  async #lines({ number, status, timeEntryIds, expenseIds }: InvoiceRequest, viewer: Principal): Promise<LinesOf> {
    const [time, expenses] = await Promise.all([
      this.capture.shadow<TimeEntry>('time-entry').many(timeEntryIds, viewer),
      this.capture.shadow<ExpenseEntry>('expense').many(expenseIds, viewer),
    ]);
    const known = new Set([...time, ...expenses].map(({ id }) => id));
    const unknown = [...timeEntryIds, ...expenseIds].filter(id => !known.has(id));
    if (unknown.length > 0)
      throw new Problem(
        'unprocessable',
        `The PSA shows no lines ${unknown.slice(0, NAMED).join(', ')}${unknown.length > NAMED ? ` and ${unknown.length - NAMED} more` : ''}.`,
        { code: 'lines-unknown' },
      );
    const projectIds = [...new Set([...time, ...expenses].map(({ projectId }) => projectId))];
    const projects = await this.capture.shadow<ProjectInPsa>('project').many(projectIds, viewer);
    const gone = await this.#deleted(projectIds.filter(id => !projects.some(project => project.id === id)));
    const left = <T extends { projectId: string }>(lines: T[]) => lines.filter(({ projectId }) => !gone.has(projectId));
    const lines = { timeEntries: firstRefs(left(time)), expenses: firstRefs(left(expenses)), projects: firstRefs(projects) };
    // A voided invoice is still cancelled there, although its lines were deleted since.
    if (lines.timeEntries.length + lines.expenses.length === 0 && status !== 'voided')
      throw new Problem('not-found', `All projects of ${number} were deleted in the PSA.`, { code: 'projects-deleted' });
    return lines;
  }

  /** Of these projects, those that the PSA deleted; one that was never read may exist. */
  async #deleted(projectIds: string[]): Promise<Set<string>> {
    const deleted = new Set<string>();
    for (const id of projectIds) {
      const last = await inTransaction(this.dataSource, em => this.events.latest(em, id, ['project.changed.v1']));
      if (last && (last.data as Changed<ProjectInPsa>).deleted) deleted.add(id);
    }
    return deleted;
  }
}

const firstRefs = (records: { refs: ExternalRef[] }[]): ExternalRef[] => records.map(({ refs }) => refs[0]);

function invoiceFaults(id: string, { id: said, timeEntryIds, expenseIds }: InvoiceRequest): FieldFault[] {
  return [
    ...(said === id ? [] : [{ field: 'id', rule: 'id-of-path', message: 'id must be the one in the path' }]),
    ...(timeEntryIds.length + expenseIds.length > 0
      ? []
      : [{ field: 'timeEntryIds', rule: 'not-empty', message: 'timeEntryIds or expenseIds must name a line' }]),
  ];
}
