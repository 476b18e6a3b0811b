import { Injectable } from '@nestjs/common';
import type { RecordedEvent } from '#apis';
import { mintId } from '#canonical';
import { EventLog } from '#events';
import { ExceptionDesk } from '#exceptions';
import type { Transaction } from '#persistence';
import type { TurnRef } from './flow-engine.js';

type TurnState = 'queued' | 'parked' | 'failed' | 'done' | 'skipped';

/** A turn as it is shown. */
interface LaneTurn {
  seq: string;
  state: TurnState;
  run: number;
  enteredAt: Date;
  finishedAt: Date | null;
  /** The source of the turn's event. */
  source: string;
  id: string;
}

interface TurnRow {
  seq: string;
  run: number;
  state: TurnState;
}

/** Starts a turn's flow, in the transaction that lets the turn go. */
export type Enqueue = (em: Transaction, turn: TurnRef) => Promise<void>;

/** One exception per turn: a turn that fails again reopens the same one. */
export const exceptionIdOf = ({ subscription, key, seq }: Omit<TurnRef, 'run'>): string => mintId('exception', subscription, key, String(seq));

/**
 * Turns in lanes: one lane per (subscription, business key), one turn per event. A turn goes only
 * when it is the lowest unfinished one of its lane; each finish wakes the next. **The failed turn
 * is the hold**: there is no flag to set or forget. `run` fences a flow that was killed and comes
 * back after its turn was released again. Every function runs in a transaction that locks the lane
 * first. A replayed call changes nothing, since each checks its row count.
 */
@Injectable()
export class Lanes {
  #enqueue: Enqueue = () => Promise.reject(new Error('no flow engine started'));

  constructor(
    private readonly desk: ExceptionDesk,
    private readonly log: EventLog,
  ) {}

  enqueueWith(enqueue: Enqueue): void {
    this.#enqueue = enqueue;
  }

  /**
   * Adds a turn for an event. It goes at once when its lane is free, else it parks. An event that
   * already has its turn is ignored.
   */
  async add(em: Transaction, subscription: string, key: string, event: RecordedEvent): Promise<void> {
    await this.#lock(em, subscription, key);
    const head = await this.#head(em, subscription, key);
    const state = head ? 'parked' : 'queued';
    const inserted = await em.query<unknown[]>(
      `insert into flow.turn(subscription, key, seq, event_source, event_id, state, correlation_id) values ($1, $2, $3, $4, $5, $6, $7)
       on conflict do nothing returning seq`,
      [subscription, key, event.keySeq, event.source, event.id, state, event.correlationId],
    );
    if (inserted.length === 0) return;
    if (!head) await this.#enqueue(em, { subscription, key, seq: event.keySeq, run: 1 });
    if (head?.state === 'failed') await this.#tellParked(em, subscription, key, Number(head.seq));
  }

  /**
   * True when this run of the turn may go on; false when the turn was released again or finished
   * meanwhile.
   */
  async enter(em: Transaction, turn: TurnRef): Promise<boolean> {
    await this.#lock(em, turn.subscription, turn.key);
    const head = await this.#head(em, turn.subscription, turn.key);
    return head !== undefined && Number(head.seq) === turn.seq && head.run === turn.run && head.state === 'queued';
  }

  /** Ends the turn and wakes the next. False when another run had already done so. */
  async complete(em: Transaction, turn: TurnRef): Promise<boolean> {
    await this.#lock(em, turn.subscription, turn.key);
    if (!(await this.#end(em, turn, 'queued', 'done'))) return false;
    await this.desk.finished(em, [exceptionIdOf(turn)]);
    await this.#wake(em, turn.subscription, turn.key);
    return true;
  }

  /**
   * Ends the run as failed: the turn now holds its lane. False when another run had ended it;
   * otherwise the number of turns that wait behind.
   */
  async fail(em: Transaction, turn: TurnRef): Promise<{ parked: number } | false> {
    await this.#lock(em, turn.subscription, turn.key);
    if (!(await this.#end(em, turn, 'queued', 'failed'))) return false;
    return { parked: await this.#parked(em, turn.subscription, turn.key) };
  }

  /** Releases a failed turn: starts a new run of it (retry), or moves past it (skip). */
  async release(em: Transaction, turn: Omit<TurnRef, 'run'>, action: 'retry' | 'skip'): Promise<void> {
    const { subscription, key, seq } = turn;
    await this.#lock(em, subscription, key);
    if (action === 'skip') {
      await em.query(
        `update flow.turn set state = 'skipped', finished_at = now() where subscription = $1 and key = $2 and seq = $3 and state = 'failed'`,
        [subscription, key, seq],
      );
      await this.#wake(em, subscription, key);
      return;
    }
    const [rows] = await em.query<[{ run: number }[], number]>(
      `update flow.turn set state = 'queued', run = run + 1, entered_at = now(), stalled_at = null
       where subscription = $1 and key = $2 and seq = $3 and state = 'failed' returning run`,
      [subscription, key, seq],
    );
    if (rows.length > 0) await this.#enqueue(em, { ...turn, run: rows[0].run });
  }

  /** When the failed turn that holds the lane was last released; undefined when none holds it. */
  async heldSince(em: Transaction, subscription: string, key: string): Promise<string | undefined> {
    const rows = await em.query<{ entered_at: Date }[]>(
      `select entered_at from flow.turn where subscription = $1 and key = $2 and state = 'failed' order by seq limit 1`,
      [subscription, key],
    );
    return rows[0]?.entered_at.toISOString();
  }

  /** All turns of a lane, in order, with their events. */
  async turns(em: Transaction, subscription: string, key: string): Promise<{ turn: LaneTurn; event: RecordedEvent }[]> {
    const turns = await em.query<LaneTurn[]>(
      `select seq, state, run, entered_at "enteredAt", finished_at "finishedAt", event_source source, event_id id
       from flow.turn where subscription = $1 and key = $2 order by seq`,
      [subscription, key],
    );
    const events = new Map((await this.log.findAll(em, turns)).map(event => [`${event.source} ${event.id}`, event]));
    return turns.flatMap(turn => {
      const event = events.get(`${turn.source} ${turn.id}`);
      return event ? [{ turn, event }] : [];
    });
  }

  async #lock(em: Transaction, subscription: string, key: string): Promise<void> {
    await em.query('insert into flow.lane(subscription, key) values ($1, $2) on conflict(subscription, key) do update set key = excluded.key', [
      subscription,
      key,
    ]);
  }

  async #head(em: Transaction, subscription: string, key: string): Promise<TurnRow | undefined> {
    const rows = await em.query<TurnRow[]>(
      `select seq, run, state from flow.turn where subscription = $1 and key = $2 and state in ('queued', 'parked', 'failed') order by seq limit 1`,
      [subscription, key],
    );
    return rows[0];
  }

  async #end(em: Transaction, turn: TurnRef, from: TurnState, to: TurnState): Promise<boolean> {
    const [, count] = await em.query<[unknown[], number]>(
      `update flow.turn set state = $6, finished_at = case when $6 = 'failed' then null else now() end
       where subscription = $1 and key = $2 and seq = $3 and run = $4 and state = $5`,
      [turn.subscription, turn.key, turn.seq, turn.run, from, to],
    );
    return count > 0;
  }

  async #wake(em: Transaction, subscription: string, key: string): Promise<void> {
    const head = await this.#head(em, subscription, key);
    if (head?.state !== 'parked') return;
    await em.query(`update flow.turn set state = 'queued', entered_at = now() where subscription = $1 and key = $2 and seq = $3`, [
      subscription,
      key,
      head.seq,
    ]);
    await this.#enqueue(em, { subscription, key, seq: Number(head.seq), run: head.run });
  }

  async #parked(em: Transaction, subscription: string, key: string): Promise<number> {
    const [{ n }] = await em.query<{ n: string }[]>(`select count(*) n from flow.turn where subscription = $1 and key = $2 and state = 'parked'`, [
      subscription,
      key,
    ]);
    return Number(n);
  }

  async #tellParked(em: Transaction, subscription: string, key: string, failedSeq: number): Promise<void> {
    await this.desk.parkedBehind(em, exceptionIdOf({ subscription, key, seq: failedSeq }), await this.#parked(em, subscription, key));
  }
}
