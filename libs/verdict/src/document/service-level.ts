import type { Change } from '../change.js';
import { found } from './found.js';
import { paired, sameJson } from './open-document.js';

const UNITS: Record<string, number> = { us: 0.001, ms: 1, s: 1000, min: 60_000, h: 3_600_000 };

/** `99.5 %` and `99.5` as 99.5. */
function percentOf(value: unknown): number | undefined {
  const match = /^\s*(\d+(?:\.\d+)?)\s*%?\s*$/.exec(String(value));
  return match ? Number(match[1]) : undefined;
}

/** What of `300`, `300 ms`, `p95 < 1.5 s`, `p99: 2s` is the time, and of which kind. A number without a unit is of its own kind. */
function latencyOf(value: unknown): { of: string; time: number } | undefined {
  const match = /^(\D*(?:\d+\s*[<=≤:]\D*)?)(\d+(?:\.\d+)?)\s*(us|ms|s|min|h)?\s*$/.exec(String(value));
  if (!match) return undefined;
  const [, before, number, unit] = match;
  return { of: `${before.replace(/[<=≤:\s]/g, '')}${unit ? '' : '?'}`, time: Number(number) * (unit ? UNITS[unit] : 1) };
}

/** Positive if `now` is the better one; undefined if the two can't be compared. */
function better(name: string, before: unknown, now: unknown): number | undefined {
  if (name === 'availability') {
    const [was, is] = [percentOf(before), percentOf(now)];
    return was === undefined || is === undefined ? undefined : is - was;
  }
  if (!name.startsWith('latency')) return undefined;
  const [was, is] = [latencyOf(before), latencyOf(now)];
  return was === undefined || is === undefined || was.of !== is.of ? undefined : was.time - is.time;
}

const membersOf = (value: unknown): Map<string, unknown> =>
  new Map(typeof value === 'object' && value !== null ? Object.entries(value) : value === undefined ? [] : [['level', value]]);

const shown = (value: unknown): string => (value === undefined ? 'not promised' : typeof value === 'string' ? value : JSON.stringify(value));

/** Member by member: more availability and less latency are better, a promise that is gone is a lower one. */
export function compareServiceLevel(before: unknown, now: unknown, pointer: string, what: string): Change[] {
  return paired(membersOf(before), membersOf(now)).flatMap(([name, was, is]) => {
    if (sameJson(was, is)) return [];
    const text = (how: string): string => `The service level of ${what} ${how}: ${name} was ${shown(was)}, is ${shown(is)}.`;
    if (is === undefined) return [found('service-level-lowered', pointer, text('is lower'))];
    if (was === undefined) return [found('service-level-raised', pointer, text('is higher'))];
    const difference = better(name, was, is);
    if (difference === undefined) return [found('service-level-changed', pointer, text('changed'))];
    if (difference === 0) return [];
    return [difference < 0 ? found('service-level-lowered', pointer, text('is lower')) : found('service-level-raised', pointer, text('is higher'))];
  });
}
