import { Problem } from '#canonical';
import type { Reason } from './permits/permit-ledger.js';
import { personShareOf } from './plans/plan.rules.js';
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

/**
 * The Problem of an operation that counts as so many calls and does not fit the plan even when
 * nothing else is asked: waiting would not help, so it is not `rate-limited`. Undefined when it fits.
 * `person`: one of the people of the consumer asks.
 */
export function neverFits(plan: Plan, calls: number, person: boolean): Problem | undefined {
  const most: [Reason, number][] = [
    ['burst', plan.burst],
    ['rate', plan.rate],
    ['daily-quota', plan.dailyQuota ?? Number.POSITIVE_INFINITY],
    ['person-share', person ? personShareOf(plan) : Number.POSITIVE_INFINITY],
  ];
  const reason = most.find(([, limit]) => calls > limit)?.[0];
  if (!reason) return undefined;
  const detail = `This operation counts as ${calls} calls, and the plan ${plan.name} allows ${LIMITS[reason](plan)}. Ask for less at a time, or for a larger plan.`;
  return new Problem('unprocessable', detail, { code: 'plan-too-small' });
}
