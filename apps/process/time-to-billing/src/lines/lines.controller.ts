import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { CurrentPrincipal, hasFieldRight, maySee, Scopes, type Principal } from '#auth';
import { Problem } from '#canonical';
import { decodeCursor, DEFAULT_PAGE_SIZE, pageOf, PageOf, type Page } from '#service';
import { readLines, told } from './line-book.js';
import { LineQuery, LineView, viewOf } from './line.model.js';

interface Key {
  id: string;
  work_date: string;
}

@ApiTags('lines')
@Controller({ path: 'lines', version: '1' })
export class LinesController {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  /** Approved lines of time and expenses, by work date, of the legal entities the caller may see. */
  @Get()
  @ApiOperation({ summary: 'Approved lines of time and expenses with their state, by work date' })
  @Scopes('time-to-billing.read')
  @PageOf(LineView)
  async list(@Query() query: LineQuery, @CurrentPrincipal() principal: Principal): Promise<Page<LineView>> {
    const limit = query.limit ?? DEFAULT_PAGE_SIZE;
    const [afterDate, afterId] = query.cursor ? decodeCursor(query.cursor, 2) : [null, null];
    const keys = await this.dataSource.query<Key[]>(
      `select id, work_date::text from billing.line
       where ($1::text is null or state = $1) and ($2::text is null or project_id = $2) and ($3::text is null or timesheet_id = $3)
         and ($4::text is null or worker_id = $4)
         and (case when legal_entities = '{}' then $6 else $5::text[] is null or legal_entities && $5 end)
         and ($7::date is null or (work_date, id) > ($7::date, $8))
       order by work_date, id limit $9`,
      [
        query.state ?? null,
        query.projectId ?? null,
        query.timesheetId ?? null,
        query.workerId ?? null,
        principal.legalEntities === '*' ? null : principal.legalEntities,
        principal.seesUnassigned,
        afterDate,
        afterId,
        limit + 1,
      ],
    );
    const lines = new Map(
      (
        await readLines(
          this.dataSource.manager,
          keys.map(({ id }) => id),
        )
      ).map(line => [line.id, line]),
    );
    const seesCost = hasFieldRight(principal, 'worker.cost-rate');
    return pageOf(
      keys,
      limit,
      ({ work_date, id }) => [work_date, id],
      ({ id }) => viewOf(told(lines.get(id)!), seesCost),
    );
  }

  @Get(':id')
  @ApiOperation({ summary: 'One line: where it is, what it is worth and how that came about, what blocks it and whose that is' })
  @Scopes('time-to-billing.read')
  @ApiOkResponse({ type: LineView })
  async get(@Param('id') id: string, @CurrentPrincipal() principal: Principal): Promise<LineView> {
    const [line] = await readLines(this.dataSource.manager, [id]);
    // A line of another legal entity is as if it weren't there.
    if (!line || !maySee(principal, line.legalEntities)) throw new Problem('not-found', `There is no line ${id}.`);
    return viewOf(told(line), hasFieldRight(principal, 'worker.cost-rate'));
  }
}
