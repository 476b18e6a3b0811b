import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, Scopes, type Principal } from '#auth';
import { PageOf, type Page } from '#service';
import { AsOfQuery, WorkersQuery, WorkerView } from './worker.model.js';
import { Workers } from './workers.service.js';

@ApiTags('workers')
@Scopes('hcm.read')
@Controller({ path: 'workers', version: '1' })
export class WorkersController {
  constructor(private readonly workers: Workers) {}

  @Get()
  @ApiOperation({ operationId: 'listWorkers', summary: 'Workers as of a day, in order of name' })
  @PageOf(WorkerView)
  list(@CurrentPrincipal() principal: Principal, @Query() query: WorkersQuery): Promise<Page<WorkerView>> {
    return this.workers.list(principal, query);
  }

  @Get(':id')
  @ApiOperation({ operationId: 'getWorker', summary: 'A worker as of a day' })
  @ApiOkResponse({ type: WorkerView })
  one(@CurrentPrincipal() principal: Principal, @Param('id') id: string, @Query() { asOf }: AsOfQuery): Promise<WorkerView> {
    return this.workers.one(principal, id, asOf);
  }
}
