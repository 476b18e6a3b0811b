import type { Effect, Problem } from '#canonical';
import type { Outcome } from '#capture';

/** How often a plan is made anew when somebody else changed the record in between. */
const ROUNDS = 3;

/** What a record is, and what is to be written so that it is as desired. */
export interface Planned<There> {
  there: There | null;
  effects: Effect[];
}

/** What a try at a plan came to: the effects it had, and the outcome; or, where the record was not as planned for, a look at it as it is now. */
export type Tried<There, T> = { done: Effect[] } & (Pick<Outcome<T>, 'refs' | 'state'> | { now(): Promise<There | null> });

/** Applies a plan; where it finds the record changed it plans anew and goes on, a few times. Then it throws what `changedMeanwhile` says. */
export async function inRounds<There, T>(
  first: Planned<There>,
  plan: (there: There | null) => Effect[],
  attempt: (planned: Planned<There>) => Promise<Tried<There, T>>,
  changedMeanwhile: () => Problem,
): Promise<Outcome<T>> {
  const effects: Effect[] = [];
  let planned = first;
  for (let round = 0; ; round++) {
    const tried = await attempt(planned);
    effects.push(...tried.done);
    if ('refs' in tried) return { effects, refs: tried.refs, state: tried.state };
    if (round === ROUNDS) throw changedMeanwhile();
    const there = await tried.now();
    planned = { there, effects: plan(there) };
  }
}
