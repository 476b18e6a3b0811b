import { setTimeout as sleep } from 'node:timers/promises';
import { Problem } from '#canonical';
import { dataSourceFor } from '#persistence';
import { configureLog } from '#service';
import { OnceWriter } from './once-writer.js';
import { things, tinyConnector } from './tiny-client.fixture.js';

/** What the process is to do: make these keys, and die or not at a named moment of the first. */
export interface ChildOrder {
  databaseUrl: string;
  vendorUrl: string;
  keys: string[];
  settlingMs: number;
  leaseMs: number;
  dies?: 'before-send' | 'after-answer';
}

/** Asks again for as long as the problem says that this is right. */
export async function persist<T>(work: () => Promise<T>, limitMs = 20_000): Promise<T> {
  const giveUpAt = performance.now() + limitMs;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Problem) || !error.retryable || performance.now() > giveUpAt) throw error;
      await sleep(Math.min(error.retryAfterMs ?? 50, 1_000));
    }
  }
}

/** Run as a process of its own: makes the keys in order, telling the parent each id. */
async function main({ databaseUrl, vendorUrl, keys, settlingMs, leaseMs, dies }: ChildOrder): Promise<void> {
  configureLog({ logLevel: 'fatal' });
  const dataSource = await dataSourceFor({ name: 'child', migrations: [] }, databaseUrl).initialize();
  const connector = tinyConnector(dataSource, vendorUrl);
  const client = things(connector);
  const writer = new OnceWriter(dataSource, { system: 'tiny', account: 'one', settlingMs, leaseMs, patienceMs: 50 }, client.kinds);
  for (const key of keys) {
    const create = async () => {
      if (dies === 'before-send') process.kill(process.pid, 'SIGKILL');
      const [made] = await client.create([{ ref: key }]);
      if (dies === 'after-answer') process.kill(process.pid, 'SIGKILL');
      return made;
    };
    const { id } = await persist(() => writer.ensure('thing', key, 'h', create));
    process.send?.({ key, id });
  }
  await connector.close();
  await dataSource.destroy();
  process.disconnect?.();
}

if (process.env.ONCE_CHILD) {
  main(JSON.parse(process.env.ONCE_CHILD) as ChildOrder).catch((error: unknown) => {
    console.error(error);
    process.exit(1);
  });
}
