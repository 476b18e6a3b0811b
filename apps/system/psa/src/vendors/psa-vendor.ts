import type { Type } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import type { ExternalRef, Project, ProjectInPsa, StaffingRequest } from '#canonical';
import type { HoldsAlone, Plan } from '#capture';
import type { Finding, Means } from '#connector';
import type { Metrics } from '#service';

/** A staffing request as the PSA holds it. */
export type StaffingRequestInPsa = StaffingRequest & { refs: ExternalRef[] };

/** What every PSA must do for us. Canonical types only; Problems are thrown for what goes wrong. */
export interface PsaVendor extends HoldsAlone {
  readonly account: string;
  readonly means: Means;
  planProject(desired: Project): Promise<Plan<ProjectInPsa>>;
  planStaffingRequest(desired: StaffingRequest): Promise<Plan<StaffingRequestInPsa>>;
  /** Read at the vendor, now; null when there is none. */
  project(id: string): Promise<ProjectInPsa | null>;
  staffingRequest(id: string): Promise<StaffingRequestInPsa | null>;
  /** What changed since the cursor, in pages; null: from now back to the beginning. Cursors are instants. */
  projectsChanged(since: string | null): AsyncIterable<{ items: ProjectInPsa[]; cursor: string }>;
  staffingRequestsChanged(since: string | null): AsyncIterable<{ items: StaffingRequestInPsa[]; cursor: string }>;
  /** Everything there is. Records that were made twice are put right on the way. */
  allProjects(): AsyncIterable<{ items: ProjectInPsa[] }>;
  allStaffingRequests(): AsyncIterable<{ items: StaffingRequestInPsa[] }>;
  /** Looks after writes whose answer was lost, until stopped. */
  watch(): { stop(): Promise<void> };
  /** Logs in, reads one page of each thing needed and says what is missing. */
  check(): Promise<Finding[]>;
  close(): Promise<void>;
}

/** A vendor in the list: its name, its settings, and how it is reached. */
export interface PsaVendorDefinition<C extends object = object> {
  name: string;
  config: Type<C>;
  connect(o: { config: C; dataSource: DataSource; metrics: Metrics }): PsaVendor;
}
