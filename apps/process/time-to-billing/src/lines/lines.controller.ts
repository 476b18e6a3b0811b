import { Controller, Param, Query } from '@nestjs/common';
import type { Page } from '#apis';
import { LineQuery, lines, type LineView } from '#apis/time-to-billing';
import { CurrentPrincipal, hasFieldRight, maySee, maySeeRows, type Principal } from '#auth';
import { Problem } from '#canonical';
import { Database } from '#persistence';
import { decodeCursor, DEFAULT_PAGE_SIZE, Implements, notePayRead, pageOf } from '#service';
import { announced } from './line-announcement.js';
import { readLines } from './read-lines.js';
import type { Line } from './line.js';
import { viewOf } from './line.model.js';

@Controller()
export class LinesController {
  constructor(private readonly dataSource: Database) {}

  /**
   * Approved lines of time and expenses with their state, in the order of their ids, of the legal
   * entities that the caller may see.
   */
  @Implements(lines.linesList)
  async list(@Query() query: LineQuery, @CurrentPrincipal() principal: Principal): Promise<Page<LineView>> {
    const limit = query.limit ?? DEFAULT_PAGE_SIZE;
    const [after] = query.cursor ? decodeCursor(query.cursor, 'text') : [null];
    const values: unknown[] = [query.state ?? null, query.projectId ?? null, query.timesheetId ?? null, after, limit + 1];
    const keys = await this.dataSource.query<{ id: string }[]>(
      `select id from billing.line
       where ($1::text is null or state = $1) and ($2::text is null or project_id = $2) and ($3::text is null or timesheet_id = $3)
         and ($4::text is null or id > $4) and ${maySeeRows(principal, 'legal_entities', value => `$${values.push(value)}`)}
       order by id limit $5`,
      values,
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
      ({ id }) => [id],
      ({ id }) => shown(lines.get(id)!, seesCost),
    );
  }

  @Implements(lines.linesGet)
  async get(@Param('id') id: string, @CurrentPrincipal() principal: Principal): Promise<LineView> {
    const [line] = await readLines(this.dataSource.manager, [id]);
    // Answer 404 both for a line of another legal entity and for one that does not exist.
    if (!line || !maySee(principal, line.legalEntities)) throw new Problem('not-found', `There is no line ${id}.`);
    return shown(line, hasFieldRight(principal, 'worker.cost-rate'));
  }
}

function shown(line: Line, seesCost: boolean): LineView {
  const view = viewOf(announced(line), seesCost);
  if (view.intercompany?.owningCost) notePayRead([line.id]);
  return view;
}
