import { Body, Controller, Param, Query } from '@nestjs/common';
import type { Page } from '#apis';
import { AsOfQuery, workers, WorkersAsOfQuestion, WorkersQuery, type WorkersAsOfAnswer, type WorkerView } from '#apis/hcm';
import { CurrentPrincipal, type Principal } from '#auth';
import { Implements } from '#service';
import { WorkersAsOf } from './workers-as-of.service.js';
import { Workers } from './workers.service.js';

@Controller({ version: '1' })
export class WorkersController {
  constructor(
    private readonly workers: Workers,
    private readonly asOf: WorkersAsOf,
  ) {}

  @Implements(workers.listWorkers)
  list(@CurrentPrincipal() principal: Principal, @Query() query: WorkersQuery): Promise<Page<WorkerView>> {
    return this.workers.list(principal, query);
  }

  @Implements(workers.getWorker)
  one(@CurrentPrincipal() principal: Principal, @Param('id') id: string, @Query() { asOf }: AsOfQuery): Promise<WorkerView> {
    return this.workers.one(principal, id, asOf);
  }

  @Implements(workers.askWorkersAsOf)
  ask(@CurrentPrincipal() principal: Principal, @Body() question: WorkersAsOfQuestion): Promise<WorkersAsOfAnswer> {
    return this.asOf.answer(principal, question.items);
  }
}
