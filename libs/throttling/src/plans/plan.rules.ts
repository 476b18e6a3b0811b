import type { FieldFault } from '#canonical';
import type { Plan } from './plan.table.js';

const perSecond = ({ rate, windowSeconds }: Plan): number => rate / windowSeconds;
const aDay = ({ dailyQuota }: Plan): number => dailyQuota ?? Number.POSITIVE_INFINITY;

/**
 * The plan that allows the fewest calls a second; of equal ones that of the fewest a day, then the
 * first by name. Undefined when there is none.
 */
export const smallestOf = (plans: readonly Plan[]): Plan | undefined =>
  plans.toSorted((a, b) => perSecond(a) - perSecond(b) || compared(aDay(a), aDay(b)) || compared(a.name, b.name))[0];

/** Calls an hour, evenly, and a day, by which plans and consumers can be changed. */
const LEAST_TO_CHANGE = 60;

/** Whether a client with this plan gets through often enough to change it again. */
export const canChange = (plan: Plan): boolean => perSecond(plan) * 3_600 >= LEAST_TO_CHANGE && aDay(plan) >= LEAST_TO_CHANGE;

const NAME = /^[a-z][a-z0-9-]{0,59}$/;
const LARGEST_QUOTA = 2_000_000_000;

/** What of a plan can't be kept, by its field; the table checks the same. */
export function planFaults({ name, rate, windowSeconds, burst, dailyQuota }: Plan): FieldFault[] {
  const least = Math.ceil((2 * rate) / windowSeconds);
  const faults: [boolean, FieldFault][] = [
    [!NAME.test(name), { field: 'id', rule: 'name', message: 'id must be 1 to 60 of a to z, 0 to 9 and -, and begin with a letter' }],
    [
      burst < least,
      { field: 'burst', rule: 'reaches-rate', message: `burst must be at least ${least}, twice the even rate a second, or the rate is out of reach` },
    ],
    [(dailyQuota ?? 0) > LARGEST_QUOTA, { field: 'dailyQuota', rule: 'max', message: `dailyQuota must not be greater than ${LARGEST_QUOTA}` }],
  ];
  return faults.filter(([wrong]) => wrong).map(([, fault]) => fault);
}

const compared = <T>(a: T, b: T): number => (a < b ? -1 : a > b ? 1 : 0);

/** The plan of a deployment that has made none: so many calls in a minute, all of them at once if need be. */
export const builtInPlan = (perMinute: number): Plan => ({
  name: 'built-in',
  rate: perMinute,
  windowSeconds: 60,
  burst: perMinute,
  concurrency: null,
  dailyQuota: null,
});

/** How much of a plan one of the people of its consumer may use, in calls a minute. */
export const personShareOf = ({ rate, windowSeconds }: Plan): number => Math.max(1, Math.ceil((rate * 60) / windowSeconds / 2));
