import type { Fault } from '#apis';
import { fault, type CheckedLine } from './line-check.js';
import { needs } from '../needs.js';

/** Time must be more than zero, and fit into the worker's day over all projects. */
export function hoursFaults(line: CheckedLine, minutes: number, otherMinutesThatDay: number, dayLimitMinutes: number): Fault[] {
  const rest = { desk: 'pmo', need: needs.line(line.id, 'corrected'), field: 'workedMinutes' } as const;
  if (minutes <= 0) return [fault('time.none', line, { ...rest, category: 'validation' })];
  const total = minutes + otherMinutesThatDay;
  if (total <= dayLimitMinutes) return [];
  return [fault('time.over-day', line, { ...rest, category: 'policy', params: { minutes: String(total), limit: String(dayLimitMinutes) } })];
}
