import type { Changed } from '#canonical';
import type { Change } from './feed.js';

/** A change as the data of an event tells it: the whole new state (the last one of what is gone), and what the changed attributes were before. */
export function changedOf<T extends object>({ before, after, changed }: Pick<Change<T>, 'before' | 'after' | 'changed'>): Changed<T> {
  return {
    state: (after ?? before)!,
    changed,
    ...(before ? { previous: only(before, changed) } : {}),
    ...(after ? {} : { deleted: true }),
  };
}

const only = <T extends object>(state: T, attributes: string[]): Partial<T> =>
  Object.fromEntries(Object.entries(state).filter(([name]) => attributes.includes(name))) as Partial<T>;
