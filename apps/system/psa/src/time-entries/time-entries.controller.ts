import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, Scopes, type Principal } from '#auth';
import type { TimeEntry } from '#canonical';
import { Capture } from '#capture';
import { PageOf, type Page } from '#service';
import { TimeEntriesQuery, TimeEntryResponse } from './time-entries.model.js';

@ApiTags('time-entries')
@Scopes('psa.read')
@Controller({ path: 'time-entries', version: '1' })
export class TimeEntriesController {
  constructor(private readonly capture: Capture) {}

  @Get()
  @ApiOperation({ operationId: 'listTimeEntries', summary: 'Time as the PSA last showed it, in the order of ids' })
  @PageOf(TimeEntryResponse)
  list(@Query() { projectId, timesheetId, approval, ...page }: TimeEntriesQuery, @CurrentPrincipal() viewer: Principal): Promise<Page<TimeEntry>> {
    return this.capture.shadow<TimeEntry>('time-entry').page(page, { where: { projectId, timesheetId, approval }, viewer });
  }

  @Get(':id')
  @ApiOperation({ operationId: 'getTimeEntry', summary: 'A line of time as the PSA last showed it' })
  @ApiOkResponse({ type: TimeEntryResponse })
  get(@Param('id') id: string, @CurrentPrincipal() viewer: Principal): Promise<TimeEntry> {
    return this.capture.shadow<TimeEntry>('time-entry').one(id, viewer);
  }
}
