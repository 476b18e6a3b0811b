import { Controller, Param, Query } from '@nestjs/common';
import type { Page } from '#apis';
import { timeEntries, TimeEntriesQuery } from '#apis/psa';
import { CurrentPrincipal, type Principal } from '#auth';
import type { TimeEntry } from '#canonical';
import { Capture } from '#capture';
import { Implements } from '#service';

@Controller({ version: '1' })
export class TimeEntriesController {
  constructor(private readonly capture: Capture) {}

  @Implements(timeEntries.listTimeEntries)
  list(@Query() { projectId, timesheetId, approval, ...page }: TimeEntriesQuery, @CurrentPrincipal() viewer: Principal): Promise<Page<TimeEntry>> {
    return this.capture.shadow<TimeEntry>('time-entry').page(page, { where: { projectId, timesheetId, approval }, viewer });
  }

  @Implements(timeEntries.getTimeEntry)
  get(@Param('id') id: string, @CurrentPrincipal() viewer: Principal): Promise<TimeEntry> {
    return this.capture.shadow<TimeEntry>('time-entry').one(id, viewer);
  }
}
