import { Body, Controller, Inject, Param, Query } from '@nestjs/common';
import { text, type Page } from '#apis';
import {
  ExceptionActionBody,
  ExceptionQuery,
  exceptions,
  GroupActionBody,
  OUTCOMES,
  type ExceptionAction,
  type ExceptionView,
  type GroupActionView,
  type Outcome,
} from '#apis/exceptions';
import { actorOf, CurrentPrincipal, maySee, maySeeRows, type Principal } from '#auth';
import { Problem, type Desk, type ExceptionRecord } from '#canonical';
import { Database, inTransaction, withFullView } from '#persistence';
import { APP, Audit, decodeCursor, DEFAULT_PAGE_SIZE, Implements, pageOf, type App } from '#service';
import { ExceptionDesk } from './exception-desk.js';
import { exceptionRecord, SELECT, type ExceptionRow } from './exception-row.js';
import { refuseOtherDesks } from './may-act.js';
import { refuseAnswerPart } from './unheard.js';

/**
 * The opening time in milliseconds, as a cursor holds it. Compared in microseconds, a page would
 * repeat the last rows of the page before.
 */
const OPENED = `date_trunc('milliseconds', x.opened_at)`;

const isOutcome = (action: ExceptionAction | Outcome): action is Outcome => (OUTCOMES as readonly string[]).includes(action);

@Controller()
export class ExceptionsController {
  constructor(
    private readonly dataSource: Database,
    private readonly desk: ExceptionDesk,
    private readonly audit: Audit,
    @Inject(APP) private readonly app: App,
  ) {}

  /** This app's exceptions, oldest first, of the legal entities that the caller may see. */
  @Implements(exceptions.exceptionsList)
  async list(@Query() query: ExceptionQuery, @CurrentPrincipal() principal: Principal): Promise<Page<ExceptionView>> {
    const limit = query.limit ?? DEFAULT_PAGE_SIZE;
    const [afterAt, afterId] = query.cursor ? decodeCursor(query.cursor, 'instant', 'text') : [null, null];
    const values: unknown[] = [query.state ?? null, query.desk ?? null, query.need ?? null, afterAt, afterId, limit + 1, this.app.name];
    const rows = await this.dataSource.query<ExceptionRow[]>(
      `${SELECT} where x.app = $7 and ($1::text is null or x.state = $1) and ($2::text is null or x.desk = $2)
         and ($3::text is null or exists (select 1 from exceptions.need n where n.exception_id = x.id and n.need = $3 and n.met_at is null))
         and ($4::timestamptz is null or (${OPENED}, x.id) > ($4, $5)) and ${maySeeRows(principal, 'x.legal_entities', value => `$${values.push(value)}`)}
       order by ${OPENED}, x.id limit $6`,
      values,
    );
    return pageOf(
      rows,
      limit,
      row => [row.opened_at.toISOString(), row.id],
      row => view(exceptionRecord(row)),
    );
  }

  @Implements(exceptions.exceptionsGet)
  async get(@Param('id') id: string, @CurrentPrincipal() principal: Principal): Promise<ExceptionView> {
    return view(await this.desk.seen(this.dataSource.manager, id, principal));
  }

  /** Retries an exception, skips it, or answers its question; always with a reason. */
  @Implements(exceptions.exceptionsAct)
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

  /**
   * Retries all exceptions that wait for one need: the oldest first, the others when it has
   * succeeded.
   */
  @Implements(exceptions.exceptionsActOnGroup)
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
