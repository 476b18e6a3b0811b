import type { Project, ProjectInPsa } from '#canonical';
import type { FeedPage, Plan, SweepPage } from '#capture';

/** Projects with what is below them: tasks, and milestones where the PSA keeps any. */
export interface Projects {
  plan(desired: Project): Promise<Plan<ProjectInPsa>>;
  /** Read at the vendor, now; null when there is none. */
  get(id: string): Promise<ProjectInPsa | null>;
  /** What changed since the cursor, in pages; null: from now back to the beginning. Cursors are instants. */
  changed(since: string | null): AsyncIterable<FeedPage<ProjectInPsa>>;
  /** Everything there is. Records that were made twice are put right on the way. */
  all(): AsyncIterable<SweepPage<ProjectInPsa>>;
}
