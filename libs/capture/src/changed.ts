import type { Changed } from '#canonical';
import type { Change } from './feed.js';

/**
 * A change in the form of an event's data: the whole new state (for a deleted record the last one),
 * and the previous values of the changed attributes.
 */
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
