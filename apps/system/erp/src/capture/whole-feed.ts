import type { Feed, SweepPage } from '#capture';

/** A feed of few records whose changes the ERP doesn't tell: each reading reads all. What is gone the sweep finds. */
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
