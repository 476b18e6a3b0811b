import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { Problem, type Actor, type ExceptionRecord, type Need } from '#canonical';
import { EventLog } from '#events';
import { APP, type App } from '#service';
import { exceptionRecord, SELECT, type ExceptionRow } from './exception.row.js';

/** Which turn of which lane the exception holds; see libs/flow. */
export interface HeldTurn {
  subscription: string;
  key: string;
  seq: number;
}

export type NewException = Omit<ExceptionRecord, 'state' | 'openedAt' | 'resolvedAt' | 'history' | 'needs'> & {
  state?: 'open' | 'waiting';
  needs: Omit<Need, 'met'>[];
  turn: HeldTurn | null;
};

/** Throughline itself, when nobody decided. */
const ITSELF: Actor = { kind: 'system', id: 'throughline', name: 'Throughline' };

/** The person it was done for, when a service acts for one. */
const nameOf = (actor: Actor): string => actor.actingFor?.name ?? actor.name ?? actor.id;

interface ChangedRow {
  id: string;
  version: number;
  turn: HeldTurn | null;
}

export type ExceptionAction = 'retry' | 'skip';

/** Lets the held turn go on (retry) or passes it over (skip), in the same transaction. Registered by libs/flow. */
export type Releaser = (em: EntityManager, turn: HeldTurn, action: ExceptionAction) => Promise<void>;

/**
 * An app's work queue of things people must decide. Every change of an exception is one transaction with its event
 * `exception.changed.v1`, and with the turn it holds. Only the app that raised an exception can let it go on, so what is
 * decided or released here is this app's; each app that waits for a need hears of it itself.
 */
@Injectable()
export class ExceptionDesk {
  #release: Releaser = () => Promise.reject(new Problem('internal', 'No flow engine is registered to release the turn.'));

  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(EventLog) private readonly log: EventLog,
    @Inject(APP) private readonly app: App,
  ) {}

  releaseWith(releaser: Releaser): void {
    this.#release = releaser;
  }

  /** Opens it, or opens it again with what is wrong now when its retry failed. */
  async raise(em: EntityManager, exception: NewException): Promise<void> {
    const e = exception;
    const entry = JSON.stringify([{ at: new Date().toISOString(), action: 'opened', by: `${e.app}.${e.flow}` }]);
    await em.query(
      `insert into exceptions.exception as x (id, app, flow, step, run_id, turn, reasons, category, desk, subject, keys, refs, money, state, opened_at,
         due_at, parked_behind, effect, request, answer, legal_entities, correlation_id, history, traceparent)
       values ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,now(),$15,$16,$17,$18,$19,$20,$21,$22,$23)
       on conflict (id) do update set version = x.version + 1, step = excluded.step, run_id = excluded.run_id, reasons = excluded.reasons,
         category = excluded.category, desk = excluded.desk, keys = excluded.keys, refs = excluded.refs, money = excluded.money, state = excluded.state,
         due_at = excluded.due_at, parked_behind = excluded.parked_behind, effect = excluded.effect, request = excluded.request,
         answer = excluded.answer, legal_entities = excluded.legal_entities, resolved_at = null, history = x.history || excluded.history`,
      [
        e.id,
        e.app,
        e.flow,
        e.step,
        e.runId,
        e.turn,
        JSON.stringify(e.reasons),
        e.category,
        e.desk,
        e.subject,
        e.keys,
        JSON.stringify(e.refs),
        JSON.stringify(e.money),
        e.state ?? 'open',
        e.dueAt,
        e.parkedBehind,
        e.effect,
        e.request ?? null,
        e.answer ?? null,
        e.legalEntities,
        e.correlationId,
        entry,
        e.traceparent ?? null,
      ],
    );
    await em.query('delete from exceptions.need where exception_id = $1', [e.id]);
    for (const { need, desk, cure } of e.needs) {
      await em.query('insert into exceptions.need(exception_id, need, desk, cure) values ($1, $2, $3, $4) on conflict do nothing', [
        e.id,
        need,
        desk,
        cure,
      ]);
    }
    const waitAgain = await this.#canaryFailed(em, e.id);
    await this.#tell(em, [e.id, ...waitAgain]);
  }

  /** What seemed to have arrived did not cure: the rest of the group needs it still. Answers whom it concerns. */
  async #canaryFailed(em: EntityManager, id: string): Promise<string[]> {
    const [[release]] = await em.query<[{ need: string }[], number]>(
      `update exceptions.release set state = 'failed' where canary = $1 and state = 'canary' returning need`,
      [id],
    );
    if (!release) return [];
    const [rows] = await em.query<[{ exception_id: string }[], number]>(
      `update exceptions.need n set met_at = null from exceptions.exception x
       where n.need = $1 and n.met_at is not null and x.id = n.exception_id and x.id <> $2 and x.app = $3 and x.state in ('open', 'waiting')
       returning n.exception_id`,
      [release.need, id, this.app.name],
    );
    const concerned = rows.map(row => row.exception_id);
    await em.query('update exceptions.exception set version = version + 1 where id = any($1)', [concerned]);
    return concerned;
  }

  /** The retry came through: it is resolved, and when it was a group's canary the rest of the group follows. */
  async finished(em: EntityManager, id: string): Promise<void> {
    const resolved = await this.#change(em, id, ['open', 'waiting', 'retrying'], 'resolved', 'resolved', ITSELF);
    if (!resolved) return;
    const [[release]] = await em.query<[{ need: string; released_by: Actor; reason: string | null }[], number]>(
      `update exceptions.release set state = 'released' where canary = $1 and state = 'canary' returning need, released_by, reason`,
      [id],
    );
    if (release)
      for (const next of await this.#ready(em, release.need)) await this.#retry(em, next, release.released_by, release.reason ?? undefined);
  }

  /** A person's decision on one. Throws `not-found`, or `conflict` when it is no longer open. */
  async act(em: EntityManager, id: string, action: ExceptionAction, by: Actor, reason?: string): Promise<ExceptionRecord> {
    const before = await this.find(em, id);
    if (before?.app !== this.app.name) throw new Problem('not-found', `There is no exception ${id}.`);
    if (before.state !== 'open' && before.state !== 'waiting')
      throw new Problem('conflict', `Exception ${id} is ${before.state}.`, { code: 'exception-not-open' });
    if (action === 'retry') await this.#retry(em, id, by, reason);
    else await this.#skip(em, id, by, reason);
    return (await this.find(em, id))!;
  }

  /** A person says of a whole group: try again. The oldest goes first; answers how many exceptions share the need. */
  async retryGroup(em: EntityManager, need: string, by: Actor, reason: string): Promise<number> {
    await em.query(
      `update exceptions.need n set met_at = now() from exceptions.exception x
       where n.need = $1 and n.met_at is null and x.id = n.exception_id and x.app = $2 and x.state in ('open', 'waiting')`,
      [need, this.app.name],
    );
    const ready = await this.#ready(em, need);
    if (ready.length === 0) throw new Problem('not-found', `No open exception needs ${need}, or each still needs something else.`);
    await this.#startRelease(em, need, ready[0], by, reason);
    return ready.length;
  }

  /** What was needed has arrived. Exceptions that need nothing more are released, one canary first. */
  async satisfy(em: EntityManager, needs: string[]): Promise<void> {
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
      await this.#tell(
        em,
        met.map(row => row.exception_id),
      );
      const ready = await this.#ready(em, need);
      if (ready.length > 0) await this.#startRelease(em, need, ready[0], ITSELF);
    }
  }

  /** Open exceptions that still need something that begins like this: what each is about, and all its unmet needs. */
  async waitingFor(em: EntityManager, prefix: string): Promise<{ subject: string; needs: string[] }[]> {
    return em.query(
      `select x.subject, array_agg(n.need) needs from exceptions.exception x
       join exceptions.need n on n.exception_id = x.id and n.met_at is null
       where x.state in ('open', 'waiting') and x.app = $2 group by x.id having bool_or(starts_with(n.need, $1))`,
      [prefix, this.app.name],
    );
  }

  /** The unmet needs of open exceptions that begin like this. */
  async unmetNeeds(prefix: string): Promise<string[]> {
    const rows = await this.dataSource.query<{ need: string }[]>(
      `select distinct n.need from exceptions.need n join exceptions.exception x on x.id = n.exception_id
       where starts_with(n.need, $1) and n.met_at is null and x.state in ('open', 'waiting') and x.app = $2`,
      [prefix, this.app.name],
    );
    return rows.map(row => row.need);
  }

  async parkedBehind(em: EntityManager, id: string, parked: number): Promise<void> {
    await em.query('update exceptions.exception set parked_behind = $2, version = version + 1 where id = $1', [id, parked]);
    await this.#tell(em, [id]);
  }

  async find(em: EntityManager, id: string): Promise<ExceptionRecord | undefined> {
    const rows = await em.query<ExceptionRow[]>(`${SELECT} where x.id = $1`, [id]);
    return rows.map(exceptionRecord)[0];
  }

  async #startRelease(em: EntityManager, need: string, canary: string, by: Actor, reason?: string): Promise<void> {
    await em.query(`insert into exceptions.release(need, canary, state, released_by, reason) values ($1, $2, 'canary', $3, $4)`, [
      need,
      canary,
      by,
      reason ?? null,
    ]);
    await this.#retry(em, canary, by, reason);
  }

  /** Open exceptions that had this need and now need nothing more, oldest first. */
  async #ready(em: EntityManager, need: string): Promise<string[]> {
    const rows = await em.query<{ id: string }[]>(
      `select x.id from exceptions.exception x join exceptions.need n on n.exception_id = x.id and n.need = $1
       where x.state in ('open', 'waiting') and x.app = $2
         and not exists (select 1 from exceptions.need m where m.exception_id = x.id and m.met_at is null)
       order by x.opened_at, x.id`,
      [need, this.app.name],
    );
    return rows.map(row => row.id);
  }

  async #retry(em: EntityManager, id: string, by: Actor, reason?: string): Promise<void> {
    const row = await this.#change(em, id, ['open', 'waiting'], 'retrying', 'retry', by, reason);
    if (!row) return;
    await this.#tellJourney(em, row, 'journey.exception-retried', by, reason);
    if (row.turn) await this.#release(em, row.turn, 'retry');
  }

  async #skip(em: EntityManager, id: string, by: Actor, reason?: string): Promise<void> {
    const row = await this.#change(em, id, ['open', 'waiting'], 'skipped', 'skip', by, reason);
    if (!row) return;
    await this.#tellJourney(em, row, 'journey.exception-skipped', by, reason);
    if (row.turn) await this.#release(em, row.turn, 'skip');
  }

  /** Moves it on when it is where it was thought to be; undefined when it isn't any more. */
  async #change(
    em: EntityManager,
    id: string,
    from: string[],
    to: string,
    action: string,
    by: Actor,
    reason?: string,
  ): Promise<ChangedRow | undefined> {
    const [rows] = await em.query<[ChangedRow[], number]>(
      `update exceptions.exception set state = $3, version = version + 1, history = history || $4::jsonb,
         resolved_at = case when $3 in ('resolved', 'skipped') then now() end
       where id = $1 and state = any($2) returning id, version, turn`,
      [id, from, to, JSON.stringify([{ at: new Date().toISOString(), action, by: nameOf(by), reason }])],
    );
    if (rows.length > 0) await this.#tell(em, [id]);
    return rows[0];
  }

  /** What somebody decided is part of the line of what happened. */
  async #tellJourney(em: EntityManager, { id, version }: ChangedRow, kind: string, by: Actor, reason?: string): Promise<void> {
    const exception = (await this.find(em, id))!;
    const { subject, keys, app, runId, legalEntities, correlationId, traceparent } = exception;
    const at = new Date().toISOString();
    const step = {
      id: `${id}:v${version}`,
      at,
      kind,
      params: { by: nameOf(by), reason: reason ?? '' },
      system: 'throughline',
      outcome: 'done' as const,
    };
    await this.log.append(em, [
      {
        id: step.id,
        source: `/process/${app}/exceptions`,
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
        ...(traceparent ? { traceparent } : {}),
        actor: by,
      },
    ]);
  }

  async #tell(em: EntityManager, ids: string[]): Promise<void> {
    if (ids.length === 0) return;
    const rows = await em.query<ExceptionRow[]>(`${SELECT} where x.id = any($1)`, [ids]);
    await this.log.append(
      em,
      rows.map(row => ({
        id: `${row.id}:v${row.version}`,
        source: `/process/${row.app}`,
        type: 'exception.changed.v1' as const,
        key: row.id,
        time: new Date().toISOString(),
        data: exceptionRecord(row),
        legalEntities: row.legal_entities,
        correlationId: row.correlation_id,
      })),
    );
  }
}
