import type { ExternalRef, StaffingRequest } from '#canonical';
import type { FeedPage, Plan, SweepPage } from '#capture';

/** A staffing request as the PSA holds it. */
export type StaffingRequestInPsa = StaffingRequest & { refs: ExternalRef[] };

/** Requests for somebody to do a role on a project, which people in the PSA answer. */
export interface Staffing {
  plan(desired: StaffingRequest): Promise<Plan<StaffingRequestInPsa>>;
  /** Read at the vendor now; null when it does not exist. */
  get(id: string): Promise<StaffingRequestInPsa | null>;
  /** Changes since the cursor, in pages; null: everything, newest first. Cursors are instants. */
  changed(since: string | null): AsyncIterable<FeedPage<StaffingRequestInPsa>>;
  /** Everything there is. Records that were made twice are put right on the way. */
  all(): AsyncIterable<SweepPage<StaffingRequestInPsa>>;
}
