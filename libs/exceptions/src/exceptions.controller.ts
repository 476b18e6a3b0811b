import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  Bag,
  BusinessDate,
  DESKS,
  EXCEPTION_CATEGORIES,
  ExternalRef,
  Flag,
  Instant,
  MoneyTotal,
  Nested,
  OneOf,
  Problem,
  text,
  Text,
  Whole,
  Id,
  type Desk,
  type ExceptionCategory,
  type ExceptionRecord,
} from '#canonical';
import { actorOf, CurrentPrincipal, maySee, maySeeRows, Scopes, type Principal } from '#auth';
import { OUTCOMES, type Outcome } from '#ownership';
import { Database, inTransaction, withFullView } from '#persistence';
import { APP, Audit, decodeCursor, DEFAULT_PAGE_SIZE, pageOf, PageOf, PageQuery, type App, type Page } from '#service';
import { ExceptionDesk, type ExceptionAction } from './exception-desk.js';
import { exceptionRecord, SELECT, type ExceptionRow } from './exception.row.js';
import { refuseOtherDesks } from './may-act.js';
import { refuseAnswerPart } from './unheard.js';

const STATES = ['open', 'waiting', 'retrying', 'resolved', 'skipped'] as const;

const ACTIONS = ['retry', 'skip'] as const;

const isOutcome = (action: ExceptionAction | Outcome): action is Outcome => (OUTCOMES as readonly string[]).includes(action);

export class ReasonView {
  @Text({ max: 80 }) code: string;
  @Text({ max: 1000, description: 'The code as a sentence.' }) text: string;
  @Text({ optional: true, description: 'The field it is about.' }) field?: string;
}

export class NeedView {
  @Text({ max: 300 }) need: string;
  @OneOf(DESKS) desk: Desk;
  @Flag() met: boolean;
  @Text({ max: 1000, description: 'How it is cured.' }) cure: string;
}

export class HistoryView {
  @Instant() at: string;
  @Text() action: string;
  @Text() by: string;
  @Text({ optional: true, max: 500 }) reason?: string;
}

/** Something a person must decide or mend, with the business keys and the money it concerns. */
export class ExceptionView {
  @Id() id: string;
  @Text() flow: string;
  @Text() step: string;
  @OneOf(STATES) state: ExceptionRecord['state'];
  @OneOf(EXCEPTION_CATEGORIES) category: ExceptionCategory;
  @OneOf(DESKS, { description: 'Whose desk it is on.' }) desk: Desk;
  @Nested(() => ReasonView, { list: true }) reasons: ReasonView[];
  @Nested(() => NeedView, { list: true }) needs: NeedView[];
  @Bag({ description: 'Business keys: deal, project, customer and their names.' }) keys: Record<string, string>;
  @Nested(() => ExternalRef, { list: true }) refs: ExternalRef[];
  @Nested(() => MoneyTotal, { list: true }) money: MoneyTotal[];
  @Instant() openedAt: string;
  @Instant() dueAt: string;
  @Whole({ description: 'Later events of the same key that wait behind it.' }) parkedBehind: number;
  @OneOf(['none', 'made', 'unknown'], { description: 'Whether the effect it failed on is known to be made.' }) effect: ExceptionRecord['effect'];
  @Text({ list: true, max: 40 }) legalEntities: string[];
  @Text({ max: 200, description: 'The affair it belongs to, as logs, events and calls name it.' }) correlationId: string;
  @Text({ optional: true, max: 100, description: 'W3C trace context.' }) traceparent?: string;
  @Nested(() => HistoryView, { list: true }) history: HistoryView[];
}

export class ExceptionQuery extends PageQuery {
  @OneOf(STATES, { optional: true }) state?: ExceptionRecord['state'];
  @OneOf(DESKS, { optional: true }) desk?: Desk;
  @Text({ optional: true, max: 300, description: 'Only those that still need this.' }) need?: string;
}

export class ExceptionActionBody {
  @OneOf([...ACTIONS, ...OUTCOMES], {
    description:
      'retry, skip; or an answer to what it asks: apply what is wanted, keep what is there, done when it was brought in line by hand. skip keeps.',
  })
  action: ExceptionAction | Outcome;
  @Text({ min: 3, max: 500, description: 'Why; kept in its history.' }) reason: string;
  @Text({ optional: true, max: 300, description: 'Which of its questions is answered; all of them where it is left out.' }) need?: string;
  @BusinessDate({ optional: true, description: 'Of a sold rate: first work date that it holds for; absent: the day of the answer.' }) from?: string;
  @Flag({
    optional: true,
    description: 'Of a sold rate: whether approved lines from that day on that are on no invoice are priced again; absent: they are not.',
  })
  reRate?: boolean;
}

export class GroupActionBody {
  @Text({ min: 3, max: 300 }) need: string;
  @OneOf(['retry']) action: 'retry';
  @Text({ min: 3, max: 500 }) reason: string;
}

export class GroupActionView {
  @Whole({ min: 0, description: 'Exceptions of the group; the oldest goes first, the rest when it has come through.' }) exceptions: number;
}

@ApiTags('exceptions')
@Controller({ version: '1' })
export class ExceptionsController {
  constructor(
    private readonly dataSource: Database,
    private readonly desk: ExceptionDesk,
    private readonly audit: Audit,
    @Inject(APP) private readonly app: App,
  ) {}

  /** This app's exceptions, oldest first, of the legal entities the caller may see. */
  @Get('exceptions')
  @ApiOperation({ summary: 'Exceptions, oldest first, of the legal entities the caller may see' })
  @Scopes('exceptions.read')
  @PageOf(ExceptionView)
  async list(@Query() query: ExceptionQuery, @CurrentPrincipal() principal: Principal): Promise<Page<ExceptionView>> {
    const limit = query.limit ?? DEFAULT_PAGE_SIZE;
    const [afterAt, afterId] = query.cursor ? decodeCursor(query.cursor, 'instant', 'text') : [null, null];
    const values: unknown[] = [query.state ?? null, query.desk ?? null, query.need ?? null, afterAt, afterId, limit + 1, this.app.name];
    const rows = await this.dataSource.query<ExceptionRow[]>(
      `${SELECT} where x.app = $7 and ($1::text is null or x.state = $1) and ($2::text is null or x.desk = $2)
         and ($3::text is null or exists (select 1 from exceptions.need n where n.exception_id = x.id and n.need = $3 and n.met_at is null))
         and ($4::timestamptz is null or (x.opened_at, x.id) > ($4, $5)) and ${maySeeRows(principal, 'x.legal_entities', value => `$${values.push(value)}`)}
       order by x.opened_at, x.id limit $6`,
      values,
    );
    return pageOf(
      rows,
      limit,
      row => [row.opened_at.toISOString(), row.id],
      row => view(exceptionRecord(row)),
    );
  }

  @Get('exceptions/:id')
  @ApiOperation({ summary: 'One exception, with what it needs and its history' })
  @Scopes('exceptions.read')
  @ApiOkResponse({ type: ExceptionView })
  async get(@Param('id') id: string, @CurrentPrincipal() principal: Principal): Promise<ExceptionView> {
    return view(await this.desk.seen(this.dataSource.manager, id, principal));
  }

  /** Retries it, skips it, or answers what it asks; always with a reason. */
  @Post('exceptions/:id/actions')
  @ApiOperation({ summary: 'Retry it, skip it, or answer what it asks, with a reason' })
  @HttpCode(200)
  @Scopes('exceptions.act')
  @ApiOkResponse({ type: ExceptionView })
  async act(@Param('id') id: string, @Body() body: ExceptionActionBody, @CurrentPrincipal() principal: Principal): Promise<ExceptionView> {
    const before = await this.desk.seen(this.dataSource.manager, id, principal);
    refuseOtherDesks([before.desk], principal);
    await this.desk.carriedOut(id);
    const after = await inTransaction(this.dataSource, async em => {
      const { action, reason, need, from, reRate } = body;
      const by = actorOf(principal);
      if (!isOutcome(action)) refuseAnswerPart(body);
      const changed = isOutcome(action)
        ? await this.desk.decide(em, id, { outcome: action, by, reason, from, reRate }, need)
        : await this.desk.act(em, id, action, by, reason);
      await this.audit.record(em, { what: `exception-${body.action}`, subject: id, before: before.state, after: changed.state, why: body.reason });
      return changed;
    });
    return view(after);
  }

  /** Retries all that wait for one need: the oldest first, the rest when that one has come through. */
  @Post('exception-groups/actions')
  @ApiOperation({ summary: 'Retry all that wait for one need: the oldest first, the rest when that one has come through' })
  @HttpCode(200)
  @Scopes('exceptions.act')
  @ApiOkResponse({ type: GroupActionView })
  async actOnGroup(@Body() body: GroupActionBody, @CurrentPrincipal() principal: Principal): Promise<GroupActionView> {
    await this.#seesWholeGroup(body.need, principal);
    return inTransaction(this.dataSource, async em => {
      const exceptions = await this.desk.retryGroup(em, body.need, actorOf(principal), body.reason);
      await this.audit.record(em, { what: 'exception-group-retry', subject: body.need, before: null, after: String(exceptions), why: body.reason });
      return { exceptions };
    });
  }

  async #seesWholeGroup(need: string, principal: Principal): Promise<void> {
    const rows = await withFullView("whether a group is the caller's as a whole", () =>
      this.dataSource.query<{ legal_entities: string[]; desk: Desk }[]>(
        `select x.legal_entities, n.desk from exceptions.exception x join exceptions.need n on n.exception_id = x.id and n.need = $1
         where x.state in ('open', 'waiting') and x.app = $2`,
        [need, this.app.name],
      ),
    );
    if (!rows.some(row => maySee(principal, row.legal_entities))) throw new Problem('not-found', `No open exception needs ${need}.`);
    if (!rows.every(row => maySee(principal, row.legal_entities))) {
      throw new Problem(
        'forbidden',
        `The group of ${need} has exceptions of other legal entities: retry yours one by one, or ask a colleague who sees all of them.`,
      );
    }
    refuseOtherDesks([...new Set(rows.map(row => row.desk))], principal);
  }
}

function view(exception: ExceptionRecord): ExceptionView {
  const { reasons, needs, ...rest } = exception;
  return {
    id: rest.id,
    flow: rest.flow,
    step: rest.step,
    state: rest.state,
    category: rest.category,
    desk: rest.desk,
    keys: rest.keys,
    refs: rest.refs,
    money: rest.money,
    openedAt: rest.openedAt,
    dueAt: rest.dueAt,
    parkedBehind: rest.parkedBehind,
    effect: rest.effect,
    legalEntities: rest.legalEntities,
    correlationId: rest.correlationId,
    ...(rest.traceparent ? { traceparent: rest.traceparent } : {}),
    history: rest.history,
    reasons: reasons.map(reason => ({ code: reason.code, text: text(reason), ...(reason.field ? { field: reason.field } : {}) })),
    needs: needs.map(need => ({ need: need.need, desk: need.desk, met: need.met, cure: text(need.cure) })),
  };
}
