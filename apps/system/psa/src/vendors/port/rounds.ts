import type { Effect, Problem } from '#canonical';
import type { Outcome } from '#capture';

/** How often a plan is made anew when somebody else changed the record in between. */
const ROUNDS = 3;

/** A record's current state, and the writes that make it as desired. */
export interface Planned<There> {
  there: There | null;
  effects: Effect[];
}

/**
 * The result of trying a plan: the effects it had and the outcome; or, where the record had changed
 * since the plan, its current state.
 */
export type Tried<There, T> = { done: Effect[] } & (Pick<Outcome<T>, 'refs' | 'state'> | { now(): Promise<There | null> });

/**
 * Applies a plan. When the record has changed, it plans again and goes on, a few times. Then it
 * throws what `changedMeanwhile` returns.
 */
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
