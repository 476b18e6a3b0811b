import { IsIn } from 'class-validator';
import { LONGEST_WAIT_MS, Setting, WorkingDay } from '#service';

/** How the portal answers. */
export class PortalConfig {
  @Setting({ env: 'PORTAL_MAX_DEPTH', default: 14, within: [3, 50], description: 'How many levels deep a GraphQL query may be.' })
  maxDepth: number;

  @Setting({
    env: 'PORTAL_MAX_COST',
    default: 20_000,
    within: [100, 1_000_000_000],
    description: 'How many objects a GraphQL query may ask for at most; a list counts as many as it asks for.',
  })
  maxCost: number;

  @Setting({
    env: 'PORTAL_MAX_VALUES',
    default: 200_000,
    within: [1_000, 1_000_000_000],
    description: 'How many values a GraphQL query may give and ask for at most: each field of each object it asks for, and all in its arguments.',
  })
  maxValues: number;

  @Setting({
    env: 'PORTAL_QUERY_TIMEOUT_MS',
    default: 15_000,
    within: [100, LONGEST_WAIT_MS],
    description: 'How long a GraphQL query may take, in ms; what it reads is cancelled then.',
  })
  queryTimeoutMs: number;

  @WorkingDay()
  minutesPerDay: number;

  @Setting({
    env: 'PORTAL_UTILISATION_OVER_DAY',
    default: 'left-out',
    description:
      'A line that is blocked since its day has more time than a person may book: `left-out` of the utilisation until it is corrected or released, or `counted` like other blocked lines.',
  })
  @IsIn(['left-out', 'counted'])
  overDay: 'left-out' | 'counted';

  @Setting({
    env: 'PORTAL_HOLIDAYS',
    default: 'public',
    description:
      'Public holidays where a worker works (the country and region of their location in HCM) are left out of their working minutes: `public`; or `none` are left out.',
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
    description: "When a worker's cost rate is read again although nothing was told, in ms.",
  })
  costRateMaxAgeMs: number;
}
