import type { Feed, SweepPage } from '#capture';

/**
 * A feed of few records whose changes the ERP doesn't report: each reading reads all, and the sweep
 * finds deleted ones.
 */
export function wholeFeed<T extends { id: string }>(
  all: () => Promise<SweepPage<T>>,
  feed: Pick<Feed<T>, 'name' | 'noun' | 'everyMs' | 'sweepEveryMs' | 'events' | 'legalEntities'>,
): Feed<T> {
  return {
    ...feed,
    overlapMs: 0,
    readsAll: true,
    async *read() {
      const cursor = new Date().toISOString();
      yield { ...(await all()), cursor };
    },
    async *sweep() {
      yield await all();
    },
  };
}
