import type { ReferredKind, ReferredValue } from '#canonical';
import type { SweepPage } from '#capture';

/** Values that customers, projects and lines refer to by code. */
export interface ReferenceData {
  /** All of a kind, as it is now. */
  values(kind: ReferredKind): Promise<SweepPage<ReferredValue>>;
}
