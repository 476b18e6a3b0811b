import type { Project, ProjectInPsa } from '#canonical';
import type { FeedPage, Plan, SweepPage } from '#capture';

/** Projects with the records below them: tasks, and milestones where the PSA keeps any. */
export interface Projects {
  plan(desired: Project): Promise<Plan<ProjectInPsa>>;
  /** Read at the vendor now; null when it does not exist. */
  get(id: string): Promise<ProjectInPsa | null>;
  /** Changes since the cursor, in pages; null: everything, newest first. Cursors are instants. */
  changed(since: string | null): AsyncIterable<FeedPage<ProjectInPsa>>;
  /** Everything there is. Records that were made twice are put right on the way. */
  all(): AsyncIterable<SweepPage<ProjectInPsa>>;
}
