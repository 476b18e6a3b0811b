import { once } from 'node:events';
import { hashOf, Problem, type BillingCustomer } from '#canonical';
import { dataSourceFor } from '#persistence';
import { configureLog, loadConfig, Metrics, type Environment } from '#service';
import { NetsuiteConfig } from './netsuite.config.js';
import { netsuite } from './netsuite.vendor.js';

/** What a process of its own is to do: ensure one customer, once, and tell how that ended. */
export interface ChildOrder {
  databaseUrl: string;
  env: Environment;
  customer: BillingCustomer;
}

async function main({ databaseUrl, env, customer }: ChildOrder): Promise<void> {
  configureLog({ logLevel: 'fatal' });
  const dataSource = await dataSourceFor({ name: 'child', migrations: [] }, databaseUrl).initialize();
  const vendor = netsuite.connect({ config: loadConfig(NetsuiteConfig, env), dataSource, metrics: new Metrics() });
  await vendor.referenceData('legal-entity'); // logged in, so that what comes next is the customer
  process.send?.('ready');
  await once(process, 'message');
  const ended = await vendor
    .exclusively(customer.id, hashOf(customer), async () => (await vendor.planCustomer(customer)).apply())
    .then(
      () => 'written',
      (error: unknown) => (error instanceof Problem ? (error.code ?? error.kind) : String(error)),
    );
  process.send?.(ended);
  await vendor.close();
  await dataSource.destroy();
  process.disconnect?.();
}

if (process.env.ERP_CHILD) {
  main(JSON.parse(process.env.ERP_CHILD) as ChildOrder).catch((error: unknown) => {
    console.error(error);
    process.exit(1);
  });
}
