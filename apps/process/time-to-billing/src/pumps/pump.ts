import { JobLoop, type Job, type Pace } from '#jobs';
import { type Database, signalsOf } from '#persistence';

/** For what no signal told: one may be lost, and rows may have been changed by hand. */
const PACE: Pace = { firstMs: 5_000, mostMs: 30_000 };

interface PumpOptions extends Pick<Job, 'name' | 'work' | 'topics'> {
  dataSource: Database;
  pace?: Partial<Pace>;
}

/** A loop of this app over its rows. */
export const pump = ({ dataSource, pace, ...job }: PumpOptions): JobLoop =>
  new JobLoop({ part: 'time-to-billing', ...job, pace: { ...PACE, ...pace }, signals: () => signalsOf(dataSource) });

/** Whether a place isn't stopped, for a query of a job of that place: SQL of the place and of the release that runs. */
export const isGoing = (place: string, release: string): string =>
  `not exists (select 1 from events.stopped where place = ${place} and release = ${release})`;

/** What a query says of when the nearest row becomes due: never, or in so many milliseconds. */
export const dueIn = (ms: string | null | undefined): false | { inMs: number } =>
  ms === null || ms === undefined ? false : { inMs: Math.max(0, Number(ms)) + 5 };
