import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import type { MessageCode } from '#apis';
import type { ExceptionAction, Outcome } from '#apis/exceptions';
import { maySee, type Principal } from '#auth';
import { cleanJson, Problem, type Actor, type ExceptionRecord, type Need } from '#canonical';
import { EventPublisher, type NewEvent } from '#events';
import type { Answer } from '#ownership';
import { Database, withFullView, type Transaction } from '#persistence';
import { APP, type App } from '#service';
import type { AnyNeedKind } from '#work';
import { exceptionRecord, SELECT, type ExceptionRow, type HeldTurn } from './exception-row.js';
import { refuseSoldRatePart } from './unheard.js';

export type NewException = Omit<ExceptionRecord, 'state' | 'openedAt' | 'resolvedAt' | 'history' | 'needs'> & {
  state?: 'open' | 'waiting';
  needs: Omit<Need, 'met'>[];
  turn: HeldTurn | null;
};

/**
 * Why the desk reads every exception of its app for any caller: one decision lets others go on.
 * Controllers check first what the caller may see.
 */
const WHOLE_DESK = 'needs, groups and canaries go over all exceptions of an app';

/** Throughline itself, when no person decided. */
const ITSELF: Actor = { kind: 'system', id: 'throughline', name: 'Throughline' };

/** The person on whose behalf a service acts, else the actor. */
const nameOf = (actor: Actor): string => actor.actingFor?.name ?? actor.name ?? actor.id;

/** The message that says what a person decided, and why. */
type DecisionCode = Extract<MessageCode, `journey.exception-${string}`>;

/** The journey message of an answer. */
const ANSWERED: Record<Outcome, DecisionCode> = {
  apply: 'journey.exception-applied',
  keep: 'journey.exception-kept',
  done: 'journey.exception-done',
};

/** A retry that will fail again has usually failed by then. */
const PATIENCE_MS = 5_000;
const LOOK_MS = 100;

interface ChangedRow {
  id: string;
  version: number;
  turn: HeldTurn | null;
}

/**
 * Stores a person's answer to the question that a need is. False where the need is no question, or
 * this answerer does not answer it.
 */
export type Answerer = (em: Transaction, need: string, answer: Answer) => Promise<boolean>;

/**
 * Lets the held turns go on (retry) or skips them (skip), in the same transaction. Registered by
 * whoever runs the turns.
 */
export type Releaser = (em: Transaction, turns: HeldTurn[], action: ExceptionAction) => Promise<void>;

const RAISE = `
  insert into exceptions.exception as x (id, app, flow, step, run_id, turn, reasons, category, desk, subject, keys, refs, money, state, opened_at,
    due_at, parked_behind, effect, request, answer, legal_entities, correlation_id, history, traceparent)
  select id, app, flow, step, "runId", nullif(turn, 'null'), reasons, category, desk, subject, keys, refs, money, state, now(), "dueAt", "parkedBehind",
    effect, request, answer, array(select jsonb_array_elements_text("legalEntities")), "correlationId", history, traceparent
  from jsonb_to_recordset($1::jsonb) as e(id text, app text, flow text, step text, "runId" text, turn jsonb, reasons jsonb, category text, desk text,
    subject text, keys jsonb, refs jsonb, money jsonb, state text, "dueAt" timestamptz, "parkedBehind" int, effect text, request text, answer text,
    "legalEntities" jsonb, "correlationId" text, history jsonb, traceparent text)
  order by id
  on conflict (id) do update set version = x.version + 1, step = excluded.step, run_id = excluded.run_id, reasons = excluded.reasons,
    category = excluded.category, desk = excluded.desk, keys = excluded.keys, refs = excluded.refs, money = excluded.money, state = excluded.state,
    due_at = excluded.due_at, parked_behind = excluded.parked_behind, effect = excluded.effect, request = excluded.request,
    answer = excluded.answer, legal_entities = excluded.legal_entities, resolved_at = null, history = x.history || excluded.history`;

const NEEDS = `
  insert into exceptions.need(exception_id, need, desk, cure)
  select id, need, desk, cure from jsonb_to_recordset($1::jsonb) as n(id text, need text, desk text, cure jsonb) on conflict do nothing`;

/**
 * An app's work queue of decisions for people. Every change of an exception is one transaction with
 * its event `exception.changed.v1` and with the turn it holds. Only the app that raised an
 * exception can let it go on, so this desk decides and releases only its own app's exceptions. Each
 * app that waits for a need reads its events itself.
 */
@Injectable()
export class ExceptionDesk {
  readonly #releasers = new Map<string, Releaser>();
  #answer: Answerer = () => Promise.resolve(false);
  #release: Releaser = () => Promise.reject(new Problem('internal', 'No flow engine is registered to release the turn.'));

  constructor(
    private readonly dataSource: Database,
    private readonly events: EventPublisher,
    @Inject(APP) private readonly app: App,
  ) {}

  /** Registers what lets turns go on; with `subscription`, only the turns of that one. */
  releaseWith(releaser: Releaser, subscription?: string): void {
    if (subscription === undefined) this.#release = releaser;
    else this.#releasers.set(subscription, releaser);
  }

  /** Registers what stores people's answers. */
  answerWith(answerer: Answerer): void {
    this.#answer = answerer;
  }

  /**
   * Opens exceptions, or reopens them with the current faults when their retry failed. A fixed
   * number of statements for any number of exceptions. Their texts may come from a vendor's answer
   * or a defect, so they are made storable here.
   */
  raise(em: Transaction, exceptions: NewException[]): Promise<void> {
    return withFullView(WHOLE_DESK, async () => {
      if (exceptions.length === 0) return;
      const ids = exceptions.map(({ id }) => id);
      await em.query(RAISE, [JSON.stringify(cleanJson(exceptions.map(rowOf)))]);
      await em.query('delete from exceptions.need where exception_id = any($1)', [ids]);
      await em.query(NEEDS, [JSON.stringify(cleanJson(exceptions.flatMap(({ id, needs }) => needs.map(need => ({ id, ...need })))))]);
      await this.#publish(em, [...ids, ...(await this.#canariesFailed(em, ids))]);
    });
  }

  /**
   * What arrived did not meet the need: the rest of the group goes on waiting. Returns the
   * exceptions concerned.
   */
  async #canariesFailed(em: Transaction, ids: string[]): Promise<string[]> {
    const [releases] = await em.query<[{ need: string }[], number]>(
      `update exceptions.release set state = 'failed' where canary = any($1) and state = 'canary' returning need`,
      [ids],
    );
    if (releases.length === 0) return [];
    const [rows] = await em.query<[{ exception_id: string }[], number]>(
      `update exceptions.need n set met_at = null from exceptions.exception x
       where n.need = any($1) and n.met_at is not null and x.id = n.exception_id and x.id <> all($2) and x.app = $3 and x.state in ('open', 'waiting')
       returning n.exception_id`,
      [releases.map(({ need }) => need), ids, this.app.name],
    );
    const concerned = [...new Set(rows.map(row => row.exception_id))];
    await em.query('update exceptions.exception set version = version + 1 where id = any($1)', [concerned]);
    return concerned;
  }

  /**
   * Their retry succeeded: resolves them. Where one was its group's canary, the rest of the group
   * follows.
   */
  finished(em: Transaction, ids: string[]): Promise<void> {
    return withFullView(WHOLE_DESK, async () => {
      const resolved = await this.#change(em, ids, ['open', 'waiting', 'retrying'], 'resolved', 'resolved', ITSELF);
      if (resolved.length === 0) return;
      const [releases] = await em.query<[{ need: string; released_by: Actor; reason: string | null }[], number]>(
        `update exceptions.release set state = 'released' where canary = any($1) and state = 'canary' returning need, released_by, reason`,
        [resolved.map(({ id }) => id)],
      );
      for (const { need, released_by, reason } of releases) await this.#retry(em, await this.#ready(em, need), released_by, reason ?? undefined);
    });
  }

  /**
   * Applies a person's decision on one exception. Throws `not-found`, or `conflict` when it is no
   * longer open.
   */
  act(em: Transaction, id: string, action: ExceptionAction, by: Actor, reason: string): Promise<ExceptionRecord> {
    return withFullView(WHOLE_DESK, async () => {
      const before = await this.toDecide(em, id);
      if (action === 'retry') await this.#retry(em, [id], by, reason);
      else {
        // To skip a question is to leave things as they are.
        for (const { need } of before.needs) await this.#answer(em, need, { outcome: 'keep', by, reason });
        await this.#skip(em, id, by, reason);
      }
      return (await this.find(em, id))!;
    });
  }

  /**
   * Applies a person's answer to everything that is still open in the exception, or to one need,
   * where it may correct an earlier answer. The exception goes on when it needs nothing more.
   * Throws `conflict` where nothing is asked.
   */
  decide(em: Transaction, id: string, answer: Answer, need?: string): Promise<ExceptionRecord> {
    return withFullView(WHOLE_DESK, async () => {
      const { outcome, by, reason } = answer;
      const { needs } = await this.toDecide(em, id);
      const asked = needs.filter(one => (need === undefined ? !one.met : one.need === need));
      if (asked.length > 0) refuseSoldRatePart(answer, asked);
      const answered: string[] = [];
      for (const one of asked) if (await this.#answer(em, one.need, answer)) answered.push(one.need);
      if (answered.length === 0) {
        const detail = `Exception ${id} asks nothing that can be decided${outcome === 'keep' ? ', or there is nothing to keep' : ''}.`;
        throw new Problem('conflict', detail, { code: 'nothing-to-decide' });
      }
      await em.query('update exceptions.need set met_at = now() where exception_id = $1 and need = any($2)', [id, answered]);
      const waits = needs.some(one => !one.met && !answered.includes(one.need));
      const rows = await this.#change(em, [id], ['open', 'waiting'], waits ? 'open' : 'retrying', outcome, by, reason);
      await this.#tellJourney(em, rows, ANSWERED[outcome], by, reason);
      if (!waits) await this.#letGo(em, rows, 'retry');
      return (await this.find(em, id))!;
    });
  }

  /**
   * Waits a short time for the result of the last decision: the exception is open again, or there
   * is nothing left to decide.
   */
  async carriedOut(id: string): Promise<void> {
    const until = Date.now() + PATIENCE_MS;
    while (Date.now() < until && (await this.find(this.dataSource.manager, id))?.state === 'retrying') await sleep(LOOK_MS);
  }

  /**
   * Locks an exception that a person is about to decide: of two who decide at the same moment, the
   * second finds it decided. Throws `not-found`, or `conflict` when it is no longer open.
   */
  toDecide(em: Transaction, id: string): Promise<ExceptionRecord> {
    return withFullView(WHOLE_DESK, async () => {
      await em.query('select 1 from exceptions.exception where id = $1 for update', [id]);
      const found = await this.find(em, id);
      if (found?.app !== this.app.name) throw new Problem('not-found', `There is no exception ${id}.`);
      if (found.state !== 'open' && found.state !== 'waiting')
        throw new Problem('conflict', `Exception ${id} is ${found.state}.`, { code: 'exception-not-open' });
      return found;
    });
  }

  /**
   * Reads one exception for the caller. Throws `not-found` also for one of another app or legal
   * entity.
   */
  async seen(em: Transaction, id: string, principal: Principal): Promise<ExceptionRecord> {
    const found = await this.find(em, id);
    if (found?.app !== this.app.name || !maySee(principal, found.legalEntities)) throw new Problem('not-found', `There is no exception ${id}.`);
    return found;
  }

  /**
   * A person retries a whole group. The oldest goes first; returns how many exceptions share the
   * need.
   */
  retryGroup(em: Transaction, need: string, by: Actor, reason: string): Promise<number> {
    return withFullView(WHOLE_DESK, async () => {
      await em.query(
        `update exceptions.need n set met_at = now() from exceptions.exception x
         where n.need = $1 and n.met_at is null and x.id = n.exception_id and x.app = $2 and x.state in ('open', 'waiting')`,
        [need, this.app.name],
      );
      const ready = await this.#ready(em, need);
      if (ready.length === 0) throw new Problem('not-found', `No open exception needs ${need}, or each still needs something else.`);
      await this.#startRelease(em, need, ready[0], by, reason);
      return ready.length;
    });
  }

  /** The needs are met. Releases the exceptions that need nothing more, one canary first. */
  satisfy(em: Transaction, needs: string[]): Promise<void> {
    return withFullView(WHOLE_DESK, async () => {
      const waitedFor = await em.query<{ need: string }[]>(
        `select distinct n.need from exceptions.need n join exceptions.exception x on x.id = n.exception_id
         where n.need = any($1) and n.met_at is null and x.app = $2 and x.state in ('open', 'waiting')`,
        [needs, this.app.name],
      );
      for (const { need } of waitedFor) {
        const [met] = await em.query<[{ exception_id: string }[], number]>(
          `update exceptions.need n set met_at = now() from exceptions.exception x
           where n.need = $1 and n.met_at is null and x.id = n.exception_id and x.app = $2 and x.state in ('open', 'waiting') returning n.exception_id`,
          [need, this.app.name],
        );
        if (met.length === 0) continue;
        await em.query('update exceptions.exception set version = version + 1 where id = any($1)', [met.map(row => row.exception_id)]);
        await this.#publish(
          em,
          met.map(row => row.exception_id),
        );
        const ready = await this.#ready(em, need);
        if (ready.length > 0) await this.#startRelease(em, need, ready[0], ITSELF);
      }
    });
  }

  /** Needs were met for these exceptions alone; retries those that need nothing more. */
  satisfyOne(em: Transaction, exceptions: { id: string; needs: string[] }[]): Promise<void> {
    return withFullView(WHOLE_DESK, async () => {
      const wanted = exceptions.flatMap(({ id, needs }) => needs.map(need => ({ id, need })));
      if (wanted.length === 0) return;
      const [rows] = await em.query<[{ id: string }[], number]>(
        `update exceptions.need n set met_at = now() from exceptions.exception x, jsonb_to_recordset($1::jsonb) as w(id text, need text)
         where x.id = w.id and n.exception_id = w.id and n.need = w.need and n.met_at is null and x.app = $2 and x.state in ('open', 'waiting')
         returning n.exception_id id`,
        [JSON.stringify(wanted), this.app.name],
      );
      const met = [...new Set(rows.map(({ id }) => id))].sort();
      await em.query('update exceptions.exception set version = version + 1 where id = any($1)', [met]);
      await this.#publish(em, met);
      const ready = await em.query<{ id: string }[]>(
        `select x.id from exceptions.exception x where x.id = any($1)
           and not exists (select 1 from exceptions.need m where m.exception_id = x.id and m.met_at is null) order by x.opened_at, x.id`,
        [met],
      );
      await this.#retry(
        em,
        ready.map(({ id }) => id),
        ITSELF,
      );
    });
  }

  /** Open exceptions that have one of these ids among their business keys (`about`), with their unmet needs. */
  about(em: Transaction, ids: string[]): Promise<{ id: string; flow: string; subject: string; about: string[]; needs: string[] }[]> {
    if (ids.length === 0) return Promise.resolve([]);
    return withFullView(WHOLE_DESK, () =>
      em.query(
        `select x.id, x.flow, x.subject, array(select value from jsonb_each_text(x.keys)) about, array_agg(n.need) needs
         from exceptions.exception x join exceptions.need n on n.exception_id = x.id and n.met_at is null
         where x.state in ('open', 'waiting') and x.app = $2 and exists (select 1 from jsonb_each_text(x.keys) k where k.value = any($1))
         group by x.id`,
        [[...new Set(ids)], this.app.name],
      ),
    );
  }

  /** Open exceptions that still need something of this kind: what each is about, and all its unmet needs. */
  async waitingFor(em: Transaction, kind: AnyNeedKind): Promise<{ subject: string; needs: string[] }[]> {
    const rows = await em.query<{ subject: string; needs: string[] }[]>(
      `select x.subject, array_agg(n.need) needs from exceptions.exception x
       join exceptions.need n on n.exception_id = x.id and n.met_at is null
       where x.state in ('open', 'waiting') and x.app = $2 group by x.id having bool_or(starts_with(n.need, $1))`,
      [kind.prefix, this.app.name],
    );
    return rows.filter(({ needs }) => needs.some(kind.is));
  }

  /** The unmet needs of open exceptions: all, or those of one kind. */
  unmetNeeds(kind?: AnyNeedKind): Promise<string[]> {
    return withFullView(WHOLE_DESK, async () => {
      const rows = await this.dataSource.query<{ need: string }[]>(
        `select distinct n.need from exceptions.need n join exceptions.exception x on x.id = n.exception_id
         where starts_with(n.need, $1) and n.met_at is null and x.state in ('open', 'waiting') and x.app = $2`,
        [kind?.prefix ?? '', this.app.name],
      );
      return rows.map(row => row.need).filter(need => !kind || kind.is(need));
    });
  }

  parkedBehind(em: Transaction, id: string, parked: number): Promise<void> {
    return withFullView(WHOLE_DESK, async () => {
      await em.query('update exceptions.exception set parked_behind = $2, version = version + 1 where id = $1', [id, parked]);
      await this.#publish(em, [id]);
    });
  }

  async find(em: Transaction, id: string): Promise<ExceptionRecord | undefined> {
    const rows = await em.query<ExceptionRow[]>(`${SELECT} where x.id = $1`, [id]);
    return rows.map(exceptionRecord)[0];
  }

  async #startRelease(em: Transaction, need: string, canary: string, by: Actor, reason?: string): Promise<void> {
    await em.query(`insert into exceptions.release(need, canary, state, released_by, reason) values ($1, $2, 'canary', $3, $4)`, [
      need,
      canary,
      by,
      reason ?? null,
    ]);
    await this.#retry(em, [canary], by, reason);
  }

  /** Open exceptions that had this need and now need nothing more, oldest first. */
  async #ready(em: Transaction, need: string): Promise<string[]> {
    const rows = await em.query<{ id: string }[]>(
      `select x.id from exceptions.exception x join exceptions.need n on n.exception_id = x.id and n.need = $1
       where x.state in ('open', 'waiting') and x.app = $2
         and not exists (select 1 from exceptions.need m where m.exception_id = x.id and m.met_at is null)
       order by x.opened_at, x.id`,
      [need, this.app.name],
    );
    return rows.map(row => row.id);
  }

  async #retry(em: Transaction, ids: string[], by: Actor, reason?: string): Promise<void> {
    const rows = await this.#change(em, ids, ['open', 'waiting'], 'retrying', 'retry', by, reason);
    await this.#tellJourney(em, rows, 'journey.exception-retried', by, reason);
    await this.#letGo(em, rows, 'retry');
  }

  async #skip(em: Transaction, id: string, by: Actor, reason?: string): Promise<void> {
    const rows = await this.#change(em, [id], ['open', 'waiting'], 'skipped', 'skip', by, reason);
    await this.#tellJourney(em, rows, 'journey.exception-skipped', by, reason);
    await this.#letGo(em, rows, 'skip');
  }

  async #letGo(em: Transaction, rows: ChangedRow[], action: ExceptionAction): Promise<void> {
    const turns = rows.flatMap(({ turn }) => (turn ? [turn] : []));
    for (const [releaser, its] of Map.groupBy(turns, ({ subscription }) => this.#releasers.get(subscription) ?? this.#release))
      await releaser(em, its, action);
  }

  /** Changes the state of those that are still in the expected state. */
  async #change(em: Transaction, ids: string[], from: string[], to: string, action: string, by: Actor, reason?: string): Promise<ChangedRow[]> {
    if (ids.length === 0) return [];
    const [rows] = await em.query<[ChangedRow[], number]>(
      `update exceptions.exception x set state = $3, version = version + 1, history = history || $4::jsonb,
         resolved_at = case when $3 in ('resolved', 'skipped') then now() end
       from (select id from exceptions.exception where id = any($1) and state = any($2) order by id for update) held
       where x.id = held.id returning x.id, x.version, x.turn`,
      [ids, from, to, JSON.stringify([{ at: new Date().toISOString(), action, by: nameOf(by), reason }])],
    );
    // In the requested order: a group goes oldest first.
    const order = new Map(ids.map((id, index) => [id, index]));
    rows.sort((a, b) => order.get(a.id)! - order.get(b.id)!);
    await this.#publish(
      em,
      rows.map(({ id }) => id),
    );
    return rows;
  }

  /** A person's decision is a step of the subject's journey. */
  async #tellJourney(em: Transaction, rows: ChangedRow[], kind: DecisionCode, by: Actor, reason?: string): Promise<void> {
    if (rows.length === 0) return;
    const exceptions = await em.query<ExceptionRow[]>(`${SELECT} where x.id = any($1) order by x.id`, [rows.map(({ id }) => id)]);
    const at = new Date().toISOString();
    await this.events.publish(
      em,
      exceptions.map(row => decisionEvent(exceptionRecord(row), row.version, { kind, at, by, reason })),
    );
  }

  async #publish(em: Transaction, ids: string[]): Promise<void> {
    if (ids.length === 0) return;
    const rows = await em.query<ExceptionRow[]>(`${SELECT} where x.id = any($1)`, [ids]);
    await this.events.publish(
      em,
      rows.map(row => ({
        id: `${row.id}:v${row.version}`,
        type: 'exception.changed.v1' as const,
        key: row.id,
        data: exceptionRecord(row),
        legalEntities: row.legal_entities,
        correlationId: row.correlation_id,
        traceparent: row.traceparent ?? undefined,
      })),
    );
  }
}

/** The row for `exceptions.exception`. */
function rowOf(e: NewException): object {
  const { needs: _, turn, request, answer, traceparent, ...rest } = e;
  const history = [{ at: new Date().toISOString(), action: 'opened', by: `${e.app}.${e.flow}` }];
  return {
    ...rest,
    turn,
    state: e.state ?? 'open',
    history,
    request: request ?? null,
    answer: answer ?? null,
    traceparent: traceparent ?? null,
  };
}

function decisionEvent(
  exception: ExceptionRecord,
  version: number,
  { kind, at, by, reason }: { kind: DecisionCode; at: string; by: Actor; reason?: string },
): NewEvent<'journey.step.v1'> {
  const { id, subject, keys, runId, legalEntities, correlationId, traceparent } = exception;
  const step = {
    id: `${id}:v${version}`,
    at,
    kind,
    params: { by: nameOf(by), reason: reason ?? '' },
    system: 'throughline',
    outcome: 'done' as const,
  };
  return {
    // An id of its own, since the exception's new version is an event with the plain id.
    id: `${step.id}:decided`,
    type: 'journey.step.v1',
    key: `journey:${subject}`,
    time: at,
    data: {
      ...step,
      subject,
      related: [keys.project, keys.customer].filter(key => key !== undefined),
      refs: [],
      money: null,
      actor: by,
      runId,
      exceptionId: id,
      legalEntities,
    },
    legalEntities,
    correlationId,
    traceparent,
    actor: by,
  };
}
