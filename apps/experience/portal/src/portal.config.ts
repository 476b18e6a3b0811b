import { IsIn } from 'class-validator';
import { LONGEST_WAIT_MS, Setting, WorkingDay } from '#service';

/** The portal's policies and limits. */
export class PortalConfig {
  @Setting({ env: 'PORTAL_MAX_DEPTH', default: 14, within: [3, 50], description: 'How many levels deep a GraphQL query may be.' })
  maxDepth: number;

  @Setting({
    env: 'PORTAL_MAX_COST',
    default: 20_000,
    within: [100, 1_000_000_000],
    description: 'How many objects a GraphQL query may request at most; a list counts with its requested length.',
  })
  maxCost: number;

  @Setting({
    env: 'PORTAL_MAX_VALUES',
    default: 200_000,
    within: [1_000, 1_000_000_000],
    description:
      'How many values a GraphQL query may pass and request at most: each field of each requested object, and everything in its arguments.',
  })
  maxValues: number;

  @Setting({
    env: 'PORTAL_QUERY_TIMEOUT_MS',
    default: 15_000,
    within: [100, LONGEST_WAIT_MS],
    description: 'How long a GraphQL query may take, in ms; then its reading is cancelled.',
  })
  queryTimeoutMs: number;

  @WorkingDay()
  minutesPerDay: number;

  @Setting({
    env: 'PORTAL_UTILISATION_OVER_DAY',
    default: 'left-out',
    description:
      'How to treat a line that is blocked because its day exceeds the daily limit: `left-out` of the utilisation until it is corrected or released, or `counted` like other blocked lines.',
  })
  @IsIn(['left-out', 'counted'])
  overDay: 'left-out' | 'counted';

  @Setting({
    env: 'PORTAL_HOLIDAYS',
    default: 'public',
    description:
      'Which holidays are excluded from the working minutes of a worker: `public` holidays of their location (country and region in HCM), or `none`.',
  })
  @IsIn(['public', 'none'])
  holidays: 'public' | 'none';

  @Setting({
    env: 'PORTAL_COST_RATE_MS',
    default: 1_000,
    within: [10, LONGEST_WAIT_MS],
    description: 'How long after a worker changed its cost rate is read, in ms, at least.',
  })
  costRateEveryMs: number;

  @Setting({
    env: 'PORTAL_COST_RATE_MAX_AGE_MS',
    default: 60_000,
    within: [100, LONGEST_WAIT_MS],
    description: "After how long a worker's cost rate is read again without an event, in ms.",
  })
  costRateMaxAgeMs: number;
}
