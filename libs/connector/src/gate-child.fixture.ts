import { dataSourceFor } from '#persistence';
import { configureLog } from '#service';
import { tinyConnector } from './tiny-client.fixture.js';

/** What the process is to do: so many reads, as many at once as it may. */
export interface GateOrder {
  databaseUrl: string;
  vendorUrl: string;
  calls: number;
  limit: number;
}

async function main({ databaseUrl, vendorUrl, calls, limit }: GateOrder): Promise<void> {
  configureLog({ logLevel: 'fatal' });
  const dataSource = await dataSourceFor({ name: 'child', migrations: [] }, databaseUrl).initialize();
  const connector = tinyConnector(dataSource, vendorUrl, { concurrency: limit });
  const read = () =>
    connector.send({ operation: 'list-things', kind: 'read', method: 'GET', path: '/things', query: { ref: 'a' }, deadlineMs: 30_000 });
  process.send?.('ready');
  await new Promise(resolve => process.once('message', resolve));
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: calls }, read));
  process.send?.({ calls, ms: performance.now() - startedAt });
  await connector.close();
  await dataSource.destroy();
  process.disconnect?.();
}

if (process.env.GATE_CHILD) {
  main(JSON.parse(process.env.GATE_CHILD) as GateOrder).catch((error: unknown) => {
    console.error(error);
    process.exit(1);
  });
}
