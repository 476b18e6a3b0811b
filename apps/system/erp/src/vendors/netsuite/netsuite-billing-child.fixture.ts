import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BillingBatch } from '#canonical';
import { BatchWriter } from '#connector';
import { dataSourceFor } from '#persistence';
import { configureLog, loadConfig, Metrics, type Environment } from '#service';
import { writtenBatch } from '../../billing/written-batch.js';
import type { Moment } from '../erp-billing.contract.js';
import { NetsuiteConfig } from './netsuite.config.js';
import { netsuite } from './netsuite.vendor.js';

/** What a process of its own is to do: drive one batch to its end, or die at a named moment. */
export interface BillingChildOrder {
  databaseUrl: string;
  env: Environment;
  id: string;
  batch: BillingBatch;
  settlingMs: number;
  leaseMs: number;
  dies?: Moment;
}

async function main({ databaseUrl, env, id, batch, settlingMs, leaseMs, dies }: BillingChildOrder): Promise<void> {
  configureLog({ logLevel: 'fatal' });
  const dataSource = await dataSourceFor({ name: 'child', migrations: [] }, databaseUrl).initialize();
  const vendor = netsuite.connect({ config: loadConfig(NetsuiteConfig, env), dataSource, metrics: new Metrics() });
  for (const kind of ['tax-code', 'legal-entity'] as const) await vendor.referenceData(kind); // logged in, so that what comes next is the batch
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
  process.send?.('ready');
  await once(process, 'message');
  const writer = new BatchWriter(dataSource, { system: 'netsuite', account: 'contract', settlingMs, leaseMs });
  for (;;) {
    const state = await writer.put(dying, 5_000);
    if (state.state === 'done') {
      process.send?.(state.outcomes.map(({ result }) => result).join());
      break;
    }
    await sleep(Math.min(state.retryAfterMs, 300));
  }
  await vendor.close();
  await dataSource.destroy();
  process.disconnect?.();
}

if (process.env.BILLING_CHILD) {
  main(JSON.parse(process.env.BILLING_CHILD) as BillingChildOrder).catch((error: unknown) => {
    console.error(error);
    process.exit(1);
  });
}
