import type { FinancialProject } from '#canonical';
import type { FeedPage, Plan, SweepPage } from '#capture';
import type { FinancialProjectInErp } from '../../projects/financial-project-in-erp.js';

/** Financial projects that bear our ids, with their billing schedules, milestones and tasks. */
export interface FinancialProjects {
  plan(desired: FinancialProject): Promise<Plan<FinancialProjectInErp>>;
  /** Read at the vendor now; null when it does not exist. */
  get(id: string): Promise<FinancialProjectInErp | null>;
  /** Changes since the cursor (an instant), in pages; null: everything. */
  changed(since: string | null): AsyncIterable<FeedPage<FinancialProjectInErp>>;
  all(): AsyncIterable<SweepPage<FinancialProjectInErp>>;
}
