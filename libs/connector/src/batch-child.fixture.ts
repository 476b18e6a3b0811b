import { dataSourceFor } from '#persistence';
import { configureLog } from '#service';
import { BatchWriter } from './batch-writer.js';
import { tinyBatch, untilDone } from './tiny-batch.fixture.js';
import { things, tinyConnector } from './tiny-client.fixture.js';

/** What the process is to do: write one batch, and die or not at a named moment. */
export interface BatchChildOrder {
  databaseUrl: string;
  vendorUrl: string;
  id: string;
  refs: string[];
  settlingMs: number;
  leaseMs: number;
  dies?: 'before-send' | 'after-answer' | 'at-look';
}

async function main({ databaseUrl, vendorUrl, id, refs, settlingMs, leaseMs, dies }: BatchChildOrder): Promise<void> {
  configureLog({ logLevel: 'fatal' });
  const dataSource = await dataSourceFor({ name: 'child', migrations: [] }, databaseUrl).initialize();
  const connector = tinyConnector(dataSource, vendorUrl);
  const batch = tinyBatch(things(connector), id, refs);
  const dyingAt = (moment: BatchChildOrder['dies']) => {
    if (dies === moment) process.kill(process.pid, 'SIGKILL');
  };
  const dying: typeof batch = {
    ...batch,
    submit: async (keys, requestKey) => {
      dyingAt('before-send');
      const submitted = await batch.submit(keys, requestKey);
      dyingAt('after-answer');
      return submitted;
    },
    look: async () => {
      dyingAt('at-look');
      return batch.look();
    },
  };
  const { outcomes } = await untilDone(new BatchWriter(dataSource, { system: 'tiny', account: 'one', settlingMs, leaseMs }), dying);
  process.send?.(outcomes);
  await connector.close();
  await dataSource.destroy();
  process.disconnect?.();
}

if (process.env.BATCH_CHILD) {
  main(JSON.parse(process.env.BATCH_CHILD) as BatchChildOrder).catch((error: unknown) => {
    console.error(error);
    process.exit(1);
  });
}
