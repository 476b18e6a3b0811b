import type { Decision } from './permits/consumer-budget.js';
import type { Plan } from './plans/plan.table.js';

/**
 * `RateLimit-Limit`, `RateLimit-Remaining` and `RateLimit-Reset`, of the drafts before the eighth,
 * are sent until the beginning of this day, UTC.
 */
export const OLDER_HEADERS_UNTIL = '2027-06-30';

const olderEndAt = Date.parse(`${OLDER_HEADERS_UNTIL}T00:00:00Z`);

/**
 * The fields of draft-ietf-httpapi-ratelimit-headers-12: lists of structured strings, one for each
 * limit of the plan, and what is left of the window; and the older fields until their end.
 */
export function headersOf(
  plan: Plan,
  { remaining, resetMs }: Pick<Decision, 'remaining' | 'resetMs'>,
  now = Date.now(),
): Record<string, string | number> {
  const left = Math.max(0, Math.floor(remaining));
  const resetS = Math.max(1, Math.ceil(resetMs / 1000));
  return {
    'RateLimit-Policy': policyOf(plan),
    RateLimit: `"rate";r=${left};t=${resetS}`,
    ...(now >= olderEndAt ? {} : { 'RateLimit-Limit': plan.rate, 'RateLimit-Remaining': left, 'RateLimit-Reset': resetS }),
  };
}

const policyOf = ({ rate, windowSeconds, burst, dailyQuota, concurrency }: Plan): string =>
  [
    `"rate";q=${rate};w=${windowSeconds}`,
    `"burst";q=${burst};w=1`,
    ...(dailyQuota === null ? [] : [`"daily-quota";q=${dailyQuota};w=86400`]),
    ...(concurrency === null ? [] : [`"concurrency";q=${concurrency};qu="concurrent-requests"`]),
  ].join(', ');
