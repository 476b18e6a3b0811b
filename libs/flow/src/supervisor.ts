import { JobLoop } from '#jobs';
import { type Database, inTransaction } from '#persistence';
import { log } from '#service';
import type { FlowEngine, TurnRef } from './flow-engine.js';
import { runIdOf } from './flow-engine.js';
import type { FlowRunner } from './flow-runner.js';
import { FailedStep } from './step.js';

/** Heartbeats per lease. */
const BEATS = 4;
const CLOCK_EVERY_MS = 2_000;
/** A turn that was released this long ago is checked: its flow may have ended without it. */
const LATE_MS = 5_000;
const RETENTION_EVERY_MS = 600_000;
const SUPERVISOR_LOCK = 7_710_001;

export interface SupervisorOptions {
  /** An executor without a heartbeat for this long is dead: its flows go on elsewhere. */
  leaseMs: number;
  /** Journals of flows that ended this long ago are deleted. */
  retentionMs: number;
}

/**
 * Keeps flows from being lost or stuck. It renews this executor's lease, takes over flows of dead
 * executors, finds flows that ended without finishing their turn (their lane would block silently),
 * raises exceptions for clocks that ran out, and deletes old journals.
 */
export class Supervisor {
  readonly #loop: JobLoop;
  #clockAt = 0;
  #retentionAt = Date.now();

  constructor(
    private readonly dataSource: Database,
    private readonly engine: FlowEngine,
    private readonly runners: Map<string, FlowRunner>,
    private readonly options: SupervisorOptions,
  ) {
    const beatMs = options.leaseMs / BEATS;
    this.#loop = new JobLoop({
      part: 'flow',
      name: 'supervisor',
      work: () => this.#check(),
      pace: { firstMs: beatMs, mostMs: beatMs },
      // An executor that waited longer than its lease after an outage would be taken for dead by
      // others that did not.
      longestRetryMs: beatMs,
    });
  }

  start(): void {
    this.#loop.start();
  }

  /** Lets the lease lapse, so that what this executor could not finish is taken over at once. */
  async stop(): Promise<void> {
    await this.#loop.stop();
    await this.dataSource.query(`update flow.executor set seen = '-infinity' where executor_id = $1`, [this.engine.executorId]);
  }

  async #check(): Promise<false> {
    const { dead, late } = await this.#beat();
    if (dead) await this.#takeOverDead();
    if (late && Date.now() - this.#clockAt > CLOCK_EVERY_MS) {
      this.#clockAt = Date.now();
      await this.#sweepEnded();
      await this.#sweepClocks();
    }
    if (Date.now() - this.#retentionAt > RETENTION_EVERY_MS) {
      this.#retentionAt = Date.now();
      await this.engine.forget(new Date(Date.now() - this.options.retentionMs));
    }
    return false;
  }

  /**
   * One statement, since most rounds find nothing: renews the heartbeat, and checks for dead
   * executors and late turns.
   */
  async #beat(): Promise<{ dead: boolean; late: boolean }> {
    const clocks = [...this.runners.values()].map(({ flow }) => flow.clockMs);
    const [row] = await this.dataSource.query<[{ dead: boolean; late: boolean }]>(
      `with beat as (insert into flow.executor values ($1, clock_timestamp()) on conflict(executor_id) do update set seen = excluded.seen)
       select exists (select 1 from flow.executor where executor_id <> $1 and seen < clock_timestamp() - $2 * interval '1 ms') dead,
         exists (select 1 from flow.turn where subscription = any($3) and state = 'queued' and entered_at < now() - $4 * interval '1 ms') late`,
      [this.engine.executorId, this.options.leaseMs, [...this.runners.keys()], Math.min(LATE_MS, ...clocks)],
    );
    return row;
  }

  async #takeOverDead(): Promise<void> {
    await inTransaction(this.dataSource, async em => {
      const [{ mine }] = await em.query<{ mine: boolean }[]>('select pg_try_advisory_xact_lock($1) mine', [SUPERVISOR_LOCK]);
      if (!mine) return;
      const dead = await em.query<{ executor_id: string }[]>(
        'select executor_id from flow.executor where seen < clock_timestamp() - make_interval(secs => $1) and executor_id <> $2',
        [this.options.leaseMs / 1000, this.engine.executorId],
      );
      for (const { executor_id } of dead) {
        const flows = await this.engine.takeOver(em, executor_id);
        await em.query('delete from flow.executor where executor_id = $1', [executor_id]);
        if (flows > 0) log.warn({ part: 'flow', executor: executor_id, flows }, 'took over the flows of a dead process');
      }
    });
  }

  async #sweepEnded(): Promise<void> {
    for (const [subscription, runner] of this.runners) {
      const turns = await this.#turns(subscription, `t.entered_at < now() - ${LATE_MS} * interval '1 ms'`);
      const ended = await this.engine.ended(turns.map(runIdOf));
      const byRunId = new Map(turns.map(turn => [runIdOf(turn), turn]));
      for (const { runId, why } of ended) {
        await runner.giveUpOutside(
          byRunId.get(runId)!,
          new FailedStep('run', { kind: 'internal', detail: `The flow ended without an outcome: ${why}`, fields: [] }),
        );
      }
    }
  }

  async #sweepClocks(): Promise<void> {
    for (const [subscription, runner] of this.runners) {
      const late = await this.#turns(
        subscription,
        `t.stalled_at is null and t.entered_at < now() - make_interval(secs => ${runner.flow.clockMs / 1000})`,
      );
      for (const turn of late) {
        await inTransaction(this.dataSource, async em => {
          const [, marked] = await em.query<[unknown[], number]>(
            `update flow.turn set stalled_at = now() where subscription = $1 and key = $2 and seq = $3 and state = 'queued' and stalled_at is null`,
            [turn.subscription, turn.key, turn.seq],
          );
          if (marked > 0) await runner.stalled(em, turn);
        });
      }
    }
  }

  async #turns(subscription: string, where: string): Promise<TurnRef[]> {
    const rows = await this.dataSource.query<{ key: string; seq: string; run: number }[]>(
      `select key, seq, run from flow.turn t where t.subscription = $1 and t.state = 'queued' and ${where} order by t.entered_at limit 500`,
      [subscription],
    );
    return rows.map(row => ({ subscription, key: row.key, seq: Number(row.seq), run: row.run }));
  }
}
