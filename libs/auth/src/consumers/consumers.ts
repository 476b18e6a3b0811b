import { Kept, type Database, type Transaction } from '#persistence';
import type { Partners } from '../partners/partners.js';
import { consumer, type Consumer } from './consumer.table.js';

/**
 * The consumers that are registered, by their client ids. Every app keeps them in memory; only the
 * governance app changes them.
 */
export class Consumers extends Kept<ReadonlyMap<string, Consumer>> {
  constructor(
    database: Database | undefined,
    private readonly partners?: Partners,
  ) {
    super(database, {
      name: 'consumers',
      initial: new Map(),
      topics: ['governance.consumer'],
      load: async source => new Map((await source.getRepository(consumer.entity).find()).map(row => [row.clientId, row])),
    });
  }

  /**
   * The consumer of a qualified client id: one that is registered, or a partner, which each of its
   * clients is. Undefined when it is neither.
   */
  find(clientId: string): Consumer | undefined {
    const partner = this.partners?.find(clientId);
    if (!partner) return this.get().get(clientId);
    const { name, contact, plan } = partner;
    // Authentication has refused a suspended partner before anybody looks here.
    return { clientId, name, contact, plan, state: 'active' };
  }
}

/** Registers a consumer, or changes it. Takes effect everywhere when the transaction commits. */
export async function putConsumer(em: Transaction, { clientId, name, contact, plan, state }: Consumer): Promise<void> {
  await em.getRepository(consumer.entity).upsert({ clientId, name, contact, plan, state, changedAt: new Date() }, ['clientId']);
}

/** The consumer of a client id by what is in the database now. */
export const findConsumer = (em: Transaction, clientId: string): Promise<Consumer | null> =>
  em.getRepository(consumer.entity).findOneBy({ clientId });

/** How many registered consumers have a plan. */
export const countConsumersWith = (em: Transaction, plan: string): Promise<number> => em.getRepository(consumer.entity).countBy({ plan });

/** Forgets a consumer: its client then counts as an unknown one. False when nobody registered it. */
export async function removeConsumer(em: Transaction, clientId: string): Promise<boolean> {
  const { affected } = await em.getRepository(consumer.entity).delete({ clientId });
  return affected === 1;
}
