import { Problem, type Desk } from '#canonical';
import type { Principal } from '#auth';
import { isOnDesk, missingScope, type ActionName } from './permissions.rules.js';

/**
 * Throws `forbidden` when the viewer lacks the right to the action, by the same rule as `actions`
 * shows.
 */
export function refuseWithout(viewer: Principal, name: ActionName): void {
  const scope = missingScope(viewer, name);
  if (scope) throw new Problem('forbidden', `This needs the scope ${scope}, which the token doesn't carry.`, { code: 'scope-missing' });
}

/** Throws `forbidden` when the work is on another desk, as the process API would. */
export function refuseOtherDesk(viewer: Principal, desk: Desk): void {
  if (!isOnDesk(viewer, desk)) throw new Problem('forbidden', `This is on the desk of ${desk}: ask them.`, { code: 'not-your-desk' });
}

/** Throws `invalid` when a required text is missing. */
export function checkTexts(texts: Record<string, { value: string; min: number; max: number }>): void {
  const faults = Object.entries(texts).filter(([, { value, min, max }]) => value.trim().length < min || value.length > max);
  if (faults.length === 0) return;
  const fields = faults.map(([field, { min, max }]) => ({ field, rule: 'length', message: `${field} must have ${min} to ${max} characters` }));
  throw new Problem('invalid', `${fields.map(({ message }) => message).join('; ')}.`, { fields, code: 'validation' });
}

export const REASON = { min: 3, max: 500 };
export const KEY = { min: 1, max: 200 };
