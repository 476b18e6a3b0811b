import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, Scopes, type Principal } from '#auth';
import { WritesNothing } from '#service';
import { WorkersAsOfAnswer, WorkersAsOfQuestion } from './workers-as-of.model.js';
import { WorkersAsOf } from './workers-as-of.service.js';

@ApiTags('workers')
@Scopes('hcm.read')
@Controller({ path: 'workers/as-of', version: '1' })
export class WorkersAsOfController {
  constructor(private readonly workers: WorkersAsOf) {}

  @Post()
  @HttpCode(200)
  @WritesNothing()
  @ApiOperation({ operationId: 'askWorkersAsOf', summary: 'Up to 1,000 workers, each as of a day, by e-mail, id or employee number' })
  @ApiOkResponse({ type: WorkersAsOfAnswer })
  ask(@CurrentPrincipal() principal: Principal, @Body() question: WorkersAsOfQuestion): Promise<WorkersAsOfAnswer> {
    return this.workers.answer(principal, question.items);
  }
}
