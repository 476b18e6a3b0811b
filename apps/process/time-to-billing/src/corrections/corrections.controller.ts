import { Controller, Query } from '@nestjs/common';
import { PageQuery, type Page } from '#apis';
import { CorrectedPriceQuery, prices, type CorrectedPriceView, type DifferentPrice } from '#apis/time-to-billing';
import { CurrentPrincipal, maySeeRows, type Principal } from '#auth';
import { Money } from '#canonical';
import { Database, withFullView } from '#persistence';
import { decodeCursor, DEFAULT_PAGE_SIZE, Implements, pageOf, runInContext } from '#service';
import { Assessor } from '../assessment/assessor.js';
import { readLines } from '../lines/read-lines.js';
import { differenceIn, differenceOf, type PriceDifference } from './corrected-prices.rules.js';

interface Row {
  line_id: string;
  version: number;
  project_id: string;
  was: Money;
  now: Money | null;
  state: CorrectedPriceView['state'];
  what: string;
  at: Date;
}

/** Lines are assessed again to be compared, so one answer compares only so many. */
const COMPARED_AT_ONCE = 200;

@Controller()
export class CorrectionsController {
  constructor(
    private readonly dataSource: Database,
    private readonly assessor: Assessor,
  ) {}

  /**
   * Lines whose price a correction affected, with the difference and what was decided. Also lines
   * whose day is outside of project or worker dates that changed later.
   */
  @Implements(prices.correctionsCorrections)
  async corrections(@Query() query: CorrectedPriceQuery, @CurrentPrincipal() principal: Principal): Promise<Page<CorrectedPriceView>> {
    const limit = query.limit ?? DEFAULT_PAGE_SIZE;
    const [line, version] = query.cursor ? decodeCursor(query.cursor, 'text', 'whole') : ['', 0];
    const values: unknown[] = [line, version, query.state ?? null, limit + 1];
    const rows = await this.dataSource.query<Row[]>(
      `select d.line_id, d.version, l.project_id, d.was, d.now, d.state, c.what, d.at
       from billing.price_difference d join billing.line l on l.id = d.line_id join billing.correction c on c.id = d.correction
       where (d.line_id, d.version) > ($1, $2) and ($3::text is null or d.state = $3)
         and ${maySeeRows(principal, 'l.legal_entities', value => `$${values.push(value)}`)}
       order by d.line_id, d.version limit $4`,
      values,
    );
    return pageOf(
      rows,
      limit,
      row => [row.line_id, row.version],
      row => ({ ...viewOf(row.line_id, row.version, row.project_id, row), what: row.what, state: row.state, at: row.at.toISOString() }),
    );
  }

  /**
   * Posted lines that today's rules and rates would price otherwise: after an upgrade, what its
   * rules would change. This changes nothing. A page may be shorter than asked for, or empty,
   * although more follow.
   */
  @Implements(prices.correctionsDifferences)
  async differences(@Query() query: PageQuery, @CurrentPrincipal() principal: Principal): Promise<Page<DifferentPrice>> {
    const limit = Math.min(query.limit ?? DEFAULT_PAGE_SIZE, COMPARED_AT_ONCE);
    const [after] = query.cursor ? decodeCursor(query.cursor, 'text') : [''];
    const values: unknown[] = [after, limit + 1];
    const keys = await this.dataSource.query<{ id: string }[]>(
      `select l.id from billing.line l
       where l.id > $1 and l.approved and l.assessment = 'priced' and exists (select 1 from billing.posting p where p.line_id = l.id)
         and ${maySeeRows(principal, 'l.legal_entities', value => `$${values.push(value)}`)}
       order by l.id limit $2`,
      values,
    );
    const ids = keys.slice(0, limit).map(({ id }) => id);
    const lines = await readLines(this.dataSource.manager, ids);
    // Assess by all rates that the line was priced by, even those of other legal entities: the
    // caller may see the line.
    const now = await runInContext({ principal: undefined }, () =>
      withFullView('what a line that the caller may see would be priced at', () =>
        this.assessor.assess(
          lines.map(({ id, kind, entry }) => ({ id, kind, entry, counted: true })),
          { again: true },
        ),
      ),
    );
    const different = new Map(
      lines.flatMap(line => {
        const difference = differenceOf(line, now.get(line.id)!);
        return difference ? [[line.id, viewOf(line.id, line.version, line.entry.projectId, difference)] as const] : [];
      }),
    );
    const { items, nextCursor } = pageOf(
      keys,
      limit,
      ({ id }) => [id],
      ({ id }) => different.get(id),
    );
    return { items: items.filter(item => item !== undefined), nextCursor };
  }
}

function viewOf(lineId: string, version: number, projectId: string, { was, now }: PriceDifference): DifferentPrice {
  const difference = differenceIn({ was, now });
  return { lineId, version, projectId, was, ...(now ? { now } : {}), ...(difference ? { difference } : {}) };
}
