import { Problem } from '#canonical';
import type { BrownOut, Retirement, RetirementApproval } from './retirement.table.js';

/** When a consumer last used an operation; the day is `YYYY-MM-DD`, UTC. */
export interface LastUse {
  consumer: string;
  operation: string;
  lastDay: string;
}

const DAY_MS = 86_400_000;

const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);

/** The consumers that used it within the last `graceDays` days before `now`, each once. */
export function stillUsing(uses: readonly LastUse[], graceDays: number, now: number): string[] {
  const since = dayOf(now - graceDays * DAY_MS);
  return [...new Set(uses.filter(({ lastDay }) => lastDay >= since).map(({ consumer }) => consumer))].sort();
}

/**
 * Why a retirement is refused: each consumer that still uses it, unless the approval names it, says
 * that its contact has been told, and by when it moves, which is no later than the retirement.
 */
export function retirementFaults(
  users: readonly string[],
  approval: RetirementApproval | undefined,
  o: { retiredAt: number; now: number },
): string[] {
  return users.flatMap(user => {
    const named = approval?.consumers.find(({ consumer }) => consumer === user);
    if (!named) return [`${user} still uses it`];
    if (named.toldOn > dayOf(o.now)) return [`${user} is told only on ${named.toldOn}`];
    if (named.movesBy < named.toldOn) return [`${user} is to move before it was told`];
    return named.movesBy > dayOf(o.retiredAt) ? [`${user} moves by ${named.movesBy}, after the retirement`] : [];
  });
}

/** Why a retirement is refused that comes before the announced end, `YYYY-MM-DD`, which callers plan with. */
export function earlyFault(sunset: string | undefined, approval: RetirementApproval | undefined, retiredAt: number): string | undefined {
  if (approval?.beforeSunset === true) return undefined;
  if (sunset === undefined) return 'its end was never announced';
  return dayOf(retiredAt) < sunset ? `it is served until ${sunset}, as was announced` : undefined;
}

const endOf = ({ from, minutes }: BrownOut): number => Date.parse(from) + minutes * 60_000;

const DAY_MINUTES = 1_440;
/** Of any day. A longer absence is a retirement, which has to be approved. */
export const MOST_BROWN_MINUTES = 240;

/** Whether brown-outs of one ending leave their callers most of every day. */
export const leavesTheDay = (brownOuts: readonly BrownOut[]): boolean =>
  brownOuts.every(({ from }) => {
    const begin = Date.parse(from);
    const ofDay = brownOuts.filter(one => Date.parse(one.from) >= begin && Date.parse(one.from) < begin + DAY_MINUTES * 60_000);
    return ofDay.reduce((sum, { minutes }) => sum + minutes, 0) <= MOST_BROWN_MINUTES;
  });

/** The Problem of a request to what has ended, or is in a brown-out now; undefined for others. */
export function goneProblem({ app, version, operation, retiredAt, successor, brownOuts }: Retirement, now: number): Problem | undefined {
  const what = operation === '' ? `Version ${version} of ${app}` : `${operation} in version ${version} of ${app}`;
  const instead = successor === null ? '' : ` Use ${successor}.`;
  const more = successor === null ? {} : { successor };
  if (retiredAt !== null && retiredAt.getTime() <= now)
    return new Problem('gone', `${what} was retired on ${dayOf(retiredAt.getTime())}.${instead}`, { code: 'retired', ...more });
  const brownOut = brownOuts.find(one => Date.parse(one.from) <= now && now < endOf(one));
  if (!brownOut) return undefined;
  const until = new Date(endOf(brownOut)).toISOString();
  const detail = `${what} goes away; until ${until} it is answered as if it had gone.${instead}`;
  return new Problem('gone', detail, { code: 'brown-out', retryable: true, retryAfterMs: endOf(brownOut) - now, ...more });
}
