import { Body, Controller, Inject, Param, Query } from '@nestjs/common';
import type { Page } from '#apis';
import { type AppliedResponse, type PsaAbility, timeEntries, TimeEntriesQuery, TimeEntryRequest } from '#apis/psa';
import { CurrentPrincipal, type Principal } from '#auth';
import type { TimeEntry } from '#canonical';
import { Capture } from '#capture';
import { Needs } from '#connector';
import { Implements } from '#service';
import { PSA } from '../psa.token.js';
import { timeFaults } from '../submissions/line-request.rules.js';
import { LineWrites } from '../submissions/line-writes.js';
import type { PsaVendor } from '../vendors/port/psa.port.js';

@Controller({ version: '1' })
export class TimeEntriesController {
  constructor(
    @Inject(PSA) private readonly vendor: PsaVendor,
    private readonly capture: Capture,
    private readonly lines: LineWrites,
  ) {}

  @Implements(timeEntries.listTimeEntries)
  list(@Query() { projectId, timesheetId, approval, ...page }: TimeEntriesQuery, @CurrentPrincipal() viewer: Principal): Promise<Page<TimeEntry>> {
    return this.capture.shadow<TimeEntry>('time-entry').page(page, { where: { projectId, timesheetId, approval }, viewer });
  }

  @Implements(timeEntries.getTimeEntry)
  get(@Param('id') id: string, @CurrentPrincipal() viewer: Principal): Promise<TimeEntry> {
    return this.capture.shadow<TimeEntry>('time-entry').one(id, viewer);
  }

  @Needs<PsaAbility>('submissions')
  @Implements(timeEntries.putTimeEntry)
  put(@Param('id') id: string, @Body() desired: TimeEntryRequest, @CurrentPrincipal() caller: Principal): Promise<AppliedResponse> {
    return this.lines.put('time-entry', this.vendor.submissions!.timeEntries, { desired, faults: timeFaults(id, desired), caller });
  }

  @Needs<PsaAbility>('submissions')
  @Implements(timeEntries.withdrawTimeEntry)
  withdraw(@Param('id') id: string, @CurrentPrincipal() caller: Principal): Promise<void> {
    return this.lines.withdraw('time-entry', this.vendor.submissions!.timeEntries, id, caller);
  }
}
