import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { hashOf, Problem, type BillingBatch, type BillingCustomer } from '#canonical';
import { BatchWriter } from '#connector';
import { dataSourceFor, type Database } from '#persistence';
import { configureLog, loadConfig, Metrics, type Environment } from '#service';
import { writtenBatch } from '../../billing/written-batch.js';
import type { Moment, Times } from '../port/bench.fixture.js';
import type { ErpVendor } from '../port/erp.port.js';
import { NetsuiteConfig } from './netsuite.config.js';
import { netsuite } from './netsuite.vendor.js';

/**
 * The work of a separate process: ensure one customer once, or drive one batch to its end, or die
 * at a named moment of that.
 */
export interface ProcessOrder {
  databaseUrl: string;
  env: Environment;
  work: { customer: BillingCustomer } | ({ id: string; batch: BillingBatch; dies?: Moment } & Times);
}

async function main({ databaseUrl, env, work }: ProcessOrder): Promise<void> {
  configureLog({ logLevel: 'fatal' });
  const dataSource = await dataSourceFor({ name: 'child', migrations: [] }, databaseUrl).initialize();
  const vendor = netsuite.connect({ config: loadConfig(NetsuiteConfig, env), dataSource, metrics: new Metrics() });
  // Log in first, so that only the work follows.
  for (const kind of ['tax-code', 'legal-entity'] as const) await vendor.referenceData.values(kind);
  const run = 'customer' in work ? () => ensured(vendor, work.customer) : driving(vendor, dataSource, work);
  process.send?.('ready');
  await once(process, 'message');
  process.send?.(await run());
  await vendor.close();
  await dataSource.destroy();
  process.disconnect?.();
}

const ensured = (vendor: ErpVendor, customer: BillingCustomer): Promise<string> =>
  vendor
    .exclusively(customer.id, hashOf(customer), async () => (await vendor.customers.plan(customer)).apply())
    .then(
      () => 'written',
      (error: unknown) => (error instanceof Problem ? (error.code ?? error.kind) : String(error)),
    );

function driving(
  vendor: ErpVendor,
  dataSource: Database,
  { id, batch, dies, settlingMs = 0, leaseMs = 0 }: Exclude<ProcessOrder['work'], { customer: unknown }>,
): () => Promise<string> {
  const written = writtenBatch(vendor.billing!, id, batch);
  const dieAt = (moment: Moment) => {
    if (dies === moment) process.kill(process.pid, 'SIGKILL');
  };
  const dying: typeof written = {
    ...written,
    submit: async (keys, requestKey) => {
      dieAt('before-submit');
      const submitted = await written.submit(keys, requestKey);
      dieAt('after-submit');
      return submitted;
    },
    look: async () => {
      dieAt('at-look');
      return written.look();
    },
  };
  const writer = new BatchWriter(dataSource, { system: vendor.name, account: 'conformance', settlingMs, leaseMs });
  return async () => {
    for (;;) {
      const state = await writer.put(dying, 5_000).catch(comeBack);
      if (state.state === 'done') return state.outcomes.map(({ result }) => result).join();
      await sleep(Math.min(state.retryAfterMs, 300));
    }
  };
}

/** What certainly was not sent is sent again, as the app does. */
function comeBack(error: unknown): { state: 'under-way'; retryAfterMs: number } {
  if (error instanceof Problem && error.retryable) return { state: 'under-way', retryAfterMs: error.retryAfterMs ?? 0 };
  throw error;
}

if (process.env.ERP_PROCESS) {
  main(JSON.parse(process.env.ERP_PROCESS) as ProcessOrder).catch((error: unknown) => {
    console.error(error);
    process.exit(1);
  });
}
