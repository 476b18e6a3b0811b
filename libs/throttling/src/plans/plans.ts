import type { Consumers } from '#auth';
import { Kept, type Database, type Transaction } from '#persistence';
import { plan, type Plan } from './plan.table.js';
import { smallestOf } from './plan.rules.js';

/**
 * The plans, by their names. Every app keeps them in memory; only the governance app changes them.
 */
export class Plans extends Kept<ReadonlyMap<string, Plan>> {
  #smallest: Plan | undefined;

  constructor(
    database: Database | undefined,
    private readonly consumers: Consumers,
    /** The plan of a deployment that has made none. */
    private readonly builtIn: Plan,
  ) {
    super(database, {
      name: 'plans',
      initial: new Map(),
      topics: ['governance.plan'],
      load: async source => {
        const rows = await source.getRepository(plan.entity).find();
        this.#smallest = smallestOf(rows);
        return new Map(rows.map(row => [row.name, row]));
      },
    });
  }

  /**
   * The plan of a client. A client that nobody registered, and one whose plan is gone, has the
   * smallest plan there is.
   */
  of(clientId: string): Plan {
    const agreed = this.consumers.find(clientId);
    return (agreed && this.get().get(agreed.plan)) ?? this.smallest;
  }

  get smallest(): Plan {
    return this.#smallest ?? this.builtIn;
  }
}

/** Makes a plan, or changes it. Takes effect everywhere when the transaction commits. */
export async function putPlan(em: Transaction, { name, rate, windowSeconds, burst, concurrency, dailyQuota }: Plan): Promise<void> {
  await em.getRepository(plan.entity).upsert({ name, rate, windowSeconds, burst, concurrency, dailyQuota, changedAt: new Date() }, ['name']);
}

/**
 * The plan that a client has by what is in the database now, where it agreed on `name`; undefined
 * when there is no plan at all, so that it has the built-in one.
 */
export async function planOf(em: Transaction, name: string | undefined): Promise<Plan | undefined> {
  const rows = await em.getRepository(plan.entity).find();
  return rows.find(row => row.name === name) ?? smallestOf(rows);
}

/** Whether there is a plan of this name; until the transaction ends, nobody can remove it. */
export async function holdPlan(em: Transaction, name: string): Promise<boolean> {
  return (await em.getRepository(plan.entity).findOne({ where: { name }, lock: { mode: 'for_key_share' } })) !== null;
}

/** Removes a plan: its consumers then have the smallest. False when there is none of this name. */
export async function removePlan(em: Transaction, name: string): Promise<boolean> {
  const { affected } = await em.getRepository(plan.entity).delete({ name });
  return affected === 1;
}
