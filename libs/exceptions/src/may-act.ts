import { hasRole, type Principal } from '#auth';
import { Problem, type Desk, type ExceptionRecord } from '#canonical';

/** Work belongs to its desk; the integration team, which looks after all of it, may act too. Throws `forbidden`. */
export function refuseOtherDesks(desks: Desk[], principal: Principal): void {
  if (desks.some(desk => hasRole(principal, desk, 'integration'))) return;
  throw new Problem('forbidden', `This is on the desk of ${desks.join(' and ')}: ask them.`, { code: 'not-your-desk' });
}

/** Throws `conflict` for one that waits for nobody. */
export function refuseClosed({ id, state }: ExceptionRecord): void {
  if (state !== 'open' && state !== 'waiting') throw new Problem('conflict', `Exception ${id} is ${state}.`, { code: 'exception-not-open' });
}
