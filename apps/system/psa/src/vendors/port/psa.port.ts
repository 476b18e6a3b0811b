import type { ExpenseEntry, TimeEntry } from '#canonical';
import type { ExclusiveWrites } from '#capture';
import type { WriteGuarantee, Vendor } from '#connector';
import type { VendorDefinition } from '#service';
import type { BillingBack } from './billing.port.js';
import type { Assignments, LineFeed } from './lines.port.js';
import type { Projects } from './projects.port.js';
import type { PsaAbility } from '#apis/psa';
import type { Staffing } from './staffing.port.js';
import type { Submissions } from './submissions.port.js';

/**
 * What every PSA must do for us, by capability. Canonical types only; failures are thrown as
 * Problems. A part is absent where `abilities` doesn't name it.
 */
export interface PsaVendor extends Vendor<PsaAbility>, ExclusiveWrites {
  /** For each kind of record, how duplicates are prevented. */
  readonly means: Readonly<Record<string, WriteGuarantee>>;
  readonly projects: Projects;
  readonly timeEntries: LineFeed<TimeEntry>;
  readonly expenses?: LineFeed<ExpenseEntry>;
  readonly assignments?: Assignments;
  readonly staffing?: Staffing;
  readonly billing?: BillingBack;
  readonly submissions?: Submissions;
}

/** A vendor in the list. */
export type PsaVendorDefinition<C extends object = object> = VendorDefinition<PsaVendor, C>;
