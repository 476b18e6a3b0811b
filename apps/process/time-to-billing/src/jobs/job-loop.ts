import { type Job, JobLease, JobLoop, type Pace } from '#jobs';
import { type Database, signalsOf } from '#persistence';

/**
 * How often to look without a signal: a signal may be lost, and rows may have been changed by hand.
 */
const PACE: Pace = { firstMs: 5_000, mostMs: 30_000 };

interface Options extends Pick<Job, 'name' | 'work' | 'topics'> {
  dataSource: Database;
  pace?: Partial<Pace>;
  /**
   * Given when only one replica may do the job at a time: how long it keeps the job without
   * renewing the lease.
   */
  leaseMs?: number;
}

/** A job loop of this app over its rows. */
export const jobLoop = ({ dataSource, pace, leaseMs, ...job }: Options): JobLoop =>
  new JobLoop({
    part: 'time-to-billing',
    ...job,
    pace: { ...PACE, ...pace },
    signals: () => signalsOf(dataSource),
    ...(leaseMs ? { lease: new JobLease(job.name, { dataSource, table: 'billing.turn', leaseMs }) } : {}),
  });

/** Reads when the nearest row becomes due: never, or in so many milliseconds. */
export const dueIn = (ms: string | null | undefined): false | { inMs: number } =>
  ms === null || ms === undefined ? false : { inMs: Math.max(0, Number(ms)) + 5 };
