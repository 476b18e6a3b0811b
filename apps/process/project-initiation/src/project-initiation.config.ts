import { Setting } from '#service';

/** Settings of project initiation. */
export class ProjectInitiationConfig {
  @Setting({
    env: 'PROJECT_INITIATION_CLOCK_MS',
    default: 900_000,
    description: 'A deal whose project is not running after this long is an exception although nothing failed.',
  })
  clockMs: number;
  @Setting({ env: 'PROJECT_INITIATION_DUE_MS', default: 28_800_000, description: 'How long a desk has to decide an exception.' }) dueMs: number;
  @Setting({
    env: 'PROJECT_INITIATION_PROBE_MS',
    default: 60_000,
    description: 'How often one of the deals that wait for a back end tries whether it is back.',
  })
  probeMs: number;
  @Setting({ env: 'PROJECT_INITIATION_PLAN_DAYS', default: 90, description: 'How long plans that were not applied are kept, in days.' })
  planDays: number;
}
