import { hasRole, type Principal } from '#auth';
import { Problem, type Desk } from '#canonical';

/**
 * Work belongs to its desk; the integration team, which looks after all of it, may act too. Throws
 * `forbidden`.
 */
export function refuseOtherDesks(desks: Desk[], principal: Principal): void {
  if (desks.some(desk => hasRole(principal, desk, 'integration'))) return;
  throw new Problem('forbidden', `This is on the desk of ${desks.join(' and ')}: ask them.`, { code: 'not-your-desk' });
}
