import { findConsumer } from '#auth';
import { Problem } from '#canonical';
import type { Transaction } from '#persistence';
import { canChange, planOf } from '#throttling';

/** Changes of plans and consumers come one after the other, so that each sees the last. */
const CHANGING = 7846514;

/**
 * Does a change of plans or consumers. Refuses one after which the client that makes it had a plan
 * too small to take it back; whoever is not registered has the smallest plan there is.
 */
export async function keepingOwnPlan(em: Transaction, clientId: string, change: () => Promise<void>): Promise<void> {
  await em.query('select pg_advisory_xact_lock($1)', [CHANGING]);
  await change();
  const plan = await planOf(em, (await findConsumer(em, clientId))?.plan);
  if (plan === undefined || canChange(plan)) return;
  throw new Problem(
    'conflict',
    `The plan ${plan.name} would be that of your own client ${clientId}: too small to change it again. Register your client with a larger plan first.`,
    {
      code: 'own-plan',
    },
  );
}
