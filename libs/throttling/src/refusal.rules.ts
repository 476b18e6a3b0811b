import { Problem } from '#canonical';
import type { Reason } from './permits/permit-ledger.js';
import type { Plan } from './plans/plan.table.js';

const LIMITS: Record<Reason, (plan: Plan) => string> = {
  rate: ({ rate, windowSeconds }) => `${rate} calls in any ${windowSeconds} s`,
  burst: ({ burst }) => `${burst} calls in any second`,
  'daily-quota': ({ dailyQuota }) => `${dailyQuota} calls a day, UTC`,
  concurrency: ({ concurrency }) => `${concurrency} requests at the same time`,
  'person-share': () => 'half of its calls to one person',
};

/** What a refused consumer is told: its own plan and the limit it met, and nothing of others. */
export function refusalOf(plan: Plan, reason: Reason, cost: number, retryMs: number): Problem {
  const seconds = Math.max(1, Math.ceil(retryMs / 1000));
  const costs = cost === 1 ? '' : ` This operation counts as ${cost + 1}.`;
  const detail = `The plan ${plan.name} allows ${LIMITS[reason](plan)}; the next is welcome in ${seconds} s.${costs}`;
  return new Problem('rate-limited', detail, { code: `plan-${reason}`, retryAfterMs: seconds * 1000 });
}
